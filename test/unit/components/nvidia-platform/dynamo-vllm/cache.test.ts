import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import { type Facts, noFacts } from '../../../../../src/core/component.ts';
import { codes, draftFrom } from '../../../../kit/draft.ts';

const gp3 = { name: 'gp3', provisioner: 'ebs.csi.aws.com', isDefault: true };
const efs = { name: 'efs', provisioner: 'efs.csi.aws.com', isDefault: false };
const claim = (labels: Record<string, string>, mode = 'ReadWriteOnce') => ({
  name: 'dynamo-model-cache',
  accessModes: [mode],
  labels,
});
const ours = { 'app.kubernetes.io/managed-by': 'dynamo-installer' };
const facts = (some: Partial<Facts>): Facts => ({ ...noFacts, ...some });
const planOf = (answers: Parameters<typeof draftFrom>[0], some: Partial<Facts>): Plan =>
  draftFrom(answers, facts(some)).plan as unknown as Plan;

describe('the access mode of the model cache', () => {
  it('is that of an existing claim', () => {
    expect(planOf({}, { storageClasses: [efs], claims: [claim(ours)] }).cache).toMatchObject({
      accessMode: 'ReadWriteOnce',
      create: true,
    });
  });
  it('is that of the named class', () => {
    expect(planOf({ storageClass: 'gp3' }, { storageClasses: [gp3, efs] }).cache).toMatchObject({
      accessMode: 'ReadWriteOnce',
      storageClass: 'gp3',
    });
    expect(planOf({ storageClass: 'efs' }, { storageClasses: [gp3, efs] }).cache).toMatchObject({
      accessMode: 'ReadWriteMany',
      storageClass: 'efs',
    });
  });
  it('is ReadWriteMany where a driver for it is known', () => {
    expect(planOf({}, { storageClasses: [gp3, efs] }).cache).toMatchObject({
      accessMode: 'ReadWriteMany',
      storageClass: 'efs',
    });
  });
  it('is ReadWriteOnce where none is, and then one node holds everything', () => {
    const plan = planOf(
      { toleration: ['dedicated=gpu:NoSchedule'], nodeSelector: ['a=b'] },
      { storageClasses: [gp3] },
    );
    expect(plan.cache).toMatchObject({ accessMode: 'ReadWriteOnce', storageClass: null });
    const placements = [...plan.roles.map(role => role.placement), plan.download?.placement];
    expect(placements).toEqual(Array(3).fill(placements[1]));
    expect(placements[0]).toMatchObject({ togetherBy: 'dynamo-model-cache', nodeSelector: { a: 'b' } });
  });
  it('is ReadWriteMany offline, and that is said', () => {
    expect(codes(draftFrom({}), 'info')).toEqual(['cache-access-mode-assumed']);
    expect(codes(draftFrom({ modelCacheAccessMode: 'ReadWriteMany' }), 'info')).toEqual([]);
  });
  it.each([
    ['nobody looked', {}, /^The cluster was not looked at, so/],
    ['they may not be read', { isLive: true }, /^The storage classes could not be read, so/],
  ])('is ReadWriteMany where the classes are not known because %s', (_, some, why) => {
    const { findings } = draftFrom({}, facts(some));
    expect(findings.find(({ rule }) => rule === 'cache-access-mode-assumed')?.message).toMatch(why);
  });
});

describe("somebody else's claim", () => {
  it('is used and never rendered', () => {
    const draft = draftFrom({}, facts({ claims: [claim({}, 'ReadWriteMany')] }));
    expect(draft.manifests.map(manifest => manifest.object.kind)).toEqual(['Job', 'DynamoGraphDeployment']);
    expect(draft.settings.modelCache).toBe('claim:dynamo-model-cache');
  });
  it('can be named', () => {
    const draft = draftFrom({ modelCache: 'claim:weights' });
    expect(draft.manifests[0]?.file).toBe('01-job.yaml');
    expect(draft.manifests[1]?.text).toContain('- name: "weights"');
  });
});

describe('without a cache', () => {
  it('there is no claim, no Job, no waiting, and the engine takes the id', () => {
    const draft = draftFrom({ modelCache: 'none', hfTokenSecret: 'mine', modelRevision: 'abc' });
    expect(draft.manifests.map(manifest => manifest.object.kind)).toEqual(['DynamoGraphDeployment']);
    const [manifest] = draft.manifests;
    expect(manifest?.text).not.toMatch(/wait-for-model|HF_HUB_OFFLINE|\/opt\/models/);
    expect(manifest?.text.match(/name: "HF_TOKEN"/g)).toHaveLength(2);
    const worker = (draft.plan as unknown as Plan).roles[1];
    expect(worker?.args.slice(0, 6)).toEqual([
      '--model',
      'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
      '--served-model-name',
      'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
      '--revision',
      'abc',
    ]);
  });
});

describe('the size of the claim', () => {
  it.each([
    ['Qwen/Qwen3-0.6B', '100Gi'],
    ['Qwen/Qwen3-32B', '150Gi'],
    ['qwen/qwen3-32b', '150Gi'],
    ['deepseek-ai/DeepSeek-R1', '1350Gi'],
  ])('%s: %s', (model, size) => {
    expect(planOf({ model }, {}).cache?.size).toBe(size);
  });
  it('is assumed, and that is said, when the model is not known', () => {
    expect(codes(draftFrom({ model: 'some/thing' }), 'info')).toContain('cache-size-assumed');
    expect(codes(draftFrom({ model: 'some/thing', modelCacheSize: '10Gi' }), 'info')).not.toContain(
      'cache-size-assumed',
    );
  });
});

describe('a claim that one node can mount', () => {
  it('is told with the number of GPUs; which node has room is for the checks before a deployment', () => {
    const gpuNodes = [{ name: 'n0', freeGpus: 2 }];
    const draft = draftFrom({ replicas: 3 }, facts({ storageClasses: [gp3], gpuNodes }));
    expect(draft.findings.find(found => found.rule === 'cache-one-node')).toMatchObject({
      level: 'info',
      message: expect.stringMatching(/they need 3 GPUs there/),
    });
  });
  it('is told offline', () => {
    expect(codes(draftFrom({ modelCacheAccessMode: 'ReadWriteOnce' }), 'info')).toEqual(['cache-one-node']);
    expect(codes(draftFrom({ modelCacheAccessMode: 'ReadWriteOnce', replicas: 17 }), 'error')).toEqual([
      'cache-one-node',
    ]);
  });
});

describe('the size of the model cache', () => {
  const there = { ...claim(ours), size: '300Gi', storageClass: 'gp3' };

  it('stays as it is when the claim is there, because claims may only grow', () => {
    const { cache } = planOf({}, { storageClasses: [efs], claims: [there] });
    expect(cache).toMatchObject({ size: '300Gi', storageClass: 'gp3' });
    expect(planOf({ modelCacheSize: '200Gi' }, { claims: [there] }).cache?.size).toBe('300Gi');
  });
  it('grows when more is asked for', () => {
    expect(planOf({ modelCacheSize: '1Ti' }, { claims: [there] }).cache?.size).toBe('1Ti');
  });
  it('follows the size that the Hub tells', () => {
    const model = { asked: 'acme/new', id: 'acme/new', weightsBytes: 200 * 2 ** 30 };
    expect(planOf({ model: 'acme/new' }, { model }).cache?.size).toBe('450Gi');
  });
});

describe('what facts decide', () => {
  it('names the Secret when there is a token for it', () => {
    expect(draftFrom({}, facts({ token: true })).settings.hfTokenSecret).toBe('hf-token-secret');
    expect(draftFrom({}, facts({ token: false })).settings.hfTokenSecret).toBeUndefined();
  });
  it("takes the Hub's own spelling of the model and says so", () => {
    const model = { asked: 'qwen/qwen3-8b', id: 'Qwen/Qwen3-8B', weightsBytes: null };
    const draft = draftFrom({ model: 'qwen/qwen3-8b' }, facts({ model }));
    expect(draft.settings.model).toBe('Qwen/Qwen3-8B');
    expect(codes(draft, 'info')).toContain('model-spelling');
  });
  it("says that the operator's release is used, and only when it is", () => {
    expect(codes(draftFrom({}, facts({ operatorRelease: '1.2.0' })), 'info')).toContain(
      'release-from-operator',
    );
    expect(codes(draftFrom({ release: '1.2.0' }, facts({ operatorRelease: '1.2.0' })), 'info')).not.toContain(
      'release-from-operator',
    );
  });
});
