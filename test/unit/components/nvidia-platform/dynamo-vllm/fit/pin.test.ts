import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import { noFacts } from '../../../../../../src/core/component.ts';
import { codes, draftFrom } from '../../../../../kit/draft.ts';

const node = (name: string, product: string, freeGpus: number) => ({ name, product, freeGpus });
const on = (...gpuNodes: ReturnType<typeof node>[]) => ({ ...noFacts, gpuNodes });
const t4 = node('a', 'Tesla-T4', 8);
const h100 = node('b', 'NVIDIA-H100-80GB-HBM3', 2);
const l4 = node('c', 'NVIDIA-L4', 4);
const selectorsOf = (draft: ReturnType<typeof draftFrom>) =>
  (draft.plan as unknown as Plan).roles.map(role => role.placement.nodeSelector['nvidia.com/gpu.product']);

describe('with several types of GPU', () => {
  it('names the one on which the model runs, and says so', () => {
    const draft = draftFrom({ model: 'Qwen/Qwen3-8B' }, on(t4, h100));
    expect(selectorsOf(draft)).toContain('NVIDIA-H100-80GB-HBM3');
    expect(codes(draft, 'info')).toContain('gpu-pinned');
    expect(draft.settings.nodeSelector).toEqual(['nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3']);
  });
  it('names none where every type runs it, where none does, and where there is one type', () => {
    for (const draft of [
      draftFrom({ model: 'Qwen/Qwen3-0.6B' }, on(h100, l4)),
      draftFrom({ model: 'deepseek-ai/DeepSeek-R1' }, on(h100, l4)),
      draftFrom({ model: 'Qwen/Qwen3-32B' }, on(h100)),
    ])
      expect(selectorsOf(draft).filter(Boolean)).toEqual([]);
  });
  it('leaves alone what somebody chose', () => {
    const nodeSelector = ['nvidia.com/gpu.product=NVIDIA-L4'];
    expect(selectorsOf(draftFrom({ model: 'Qwen/Qwen3-32B', nodeSelector }, on(h100, l4)))).not.toContain(
      'NVIDIA-H100-80GB-HBM3',
    );
  });
  it('holds every pod where GPUs are when a volume of one node is to be made', () => {
    const gp3 = { name: 'gp3', provisioner: 'ebs.csi.aws.com', isDefault: true };
    const cluster = { ...on(h100), storageClasses: [gp3], claims: [] };
    const draft = draftFrom({ model: 'Qwen/Qwen3-0.6B' }, cluster);
    expect(codes(draft, 'info')).toContain('gpu-pinned');
    const { download } = draft.plan as unknown as Plan;
    expect(download?.placement.nodeSelector).toEqual({ 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' });
    const there = { name: 'dynamo-model-cache', accessModes: ['ReadWriteOnce'], labels: {} };
    expect(
      codes(draftFrom({ model: 'Qwen/Qwen3-0.6B' }, { ...cluster, claims: [there] }), 'info'),
    ).not.toContain('gpu-pinned');
  });
  it('stays with what it was deployed on, whatever is free now', () => {
    const nodeSelectors = { again: ['nvidia.com/gpu.product=NVIDIA-L4'] };
    const draft = draftFrom({ model: 'Qwen/Qwen3-0.6B', name: 'again' }, { ...on(h100, l4), nodeSelectors });
    expect(selectorsOf(draft)).toContain('NVIDIA-L4');
  });
});
