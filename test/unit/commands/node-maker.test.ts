import { describe, expect, it } from 'vitest';
import { nodeMakerOf } from '../../../src/commands/node-maker.ts';
import { componentIndex } from '../../../src/components/load.ts';
import type { NodePoolFact } from '../../../src/core/cluster-facts.ts';

const pool: NodePoolFact = { name: 'gpu', labels: {}, taints: [], requirements: [], limits: {}, ready: true };
const pools = (...value: readonly NodePoolFact[]) => ({ nodePools: { kind: 'read', value } as const });
const aboutRoom = ['gpu-nodes'];
const room = { code: 'gpu-nodes', outcome: 'warn' } as const;
const none = { cluster: pools(), results: [room], skipped: [], aboutRoom };

describe('who may make a node for a pod that waits', () => {
  it('is Karpenter where a pool is ready', () => {
    expect(nodeMakerOf({ ...none, cluster: pools(pool) })).toBe('Karpenter');
    expect(nodeMakerOf({ ...none, cluster: pools({ ...pool, ready: false }) })).toBeNull();
  });

  it('is somebody unseen where a person lets a lack of room through', () => {
    expect(nodeMakerOf(none)).toBeNull();
    expect(nodeMakerOf({ ...none, skipped: ['gpu-nodes'] })).toBe('an autoscaler');
    expect(nodeMakerOf({ ...none, skipped: ['quota'], results: [{ ...room, code: 'quota' }] })).toBeNull();
    const passed = [{ ...room, outcome: 'pass' }] as const;
    expect(nodeMakerOf({ ...none, skipped: ['gpu-nodes'], results: passed })).toBeNull();
  });

  it('is asked by codes that there are', async () => {
    const [entry] = componentIndex;
    const { catalogue } = (await entry?.load()) ?? { catalogue: {} };
    const codes = (await entry?.preflight())?.aboutRoom ?? [];
    expect(codes).not.toEqual([]);
    expect(codes.filter(code => !(code in catalogue))).toEqual([]);
  });
});
