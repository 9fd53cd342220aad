/** How long a worker may take to come up: the operator's two hours, or more where the slowest start of a model takes more. */

import { describe, expect, it } from 'vitest';
import { engineSeconds } from '../../../../../src/components/nvidia-platform/dynamo-vllm/fit/startup.ts';
import { patienceFor } from '../../../../../src/components/nvidia-platform/dynamo-vllm/patience.ts';
import type { Value } from '../../../../../src/core/schema.ts';
import { draftFrom } from '../../../../kit/draft.ts';

const largest = 'deepseek-ai/DeepSeek-R1';
const probes = (answers: Readonly<Record<string, Value>>): unknown[] => {
  const text = draftFrom({ model: largest, tensorParallelSize: 8, ...answers })
    .manifests.map(one => one.text)
    .join('\n');
  return [...text.matchAll(/startupProbe:\n(?: +.*\n)*? +failureThreshold: (\d+)/g)].map(found =>
    Number(found[1]),
  );
};

describe('the startup probe', () => {
  it('is left to the operator where two hours are enough, and where the size is not known', () => {
    expect(probes({ release: '1.5.1' })).toEqual([]);
    expect(probes({ release: '1.5.1', modelCache: 'none', model: 'Qwen/Qwen3-32B' })).toEqual([]);
    expect(probes({ release: '1.5.1', modelCache: 'none', model: 'acme/never-heard-of' })).toEqual([]);
  });
  it.each(['0.9.1', '1.2.1', '1.5.1'])('of %s covers a download of 641 GiB by the engine itself', release => {
    const [, longest] = engineSeconds({
      weightsBytes: 641.3 * 2 ** 30,
      fetches: true,
      experts: true,
      eager: false,
    });
    const [failures = 0, ...others] = probes({ release, modelCache: 'none' });
    expect(others).toEqual([]);
    expect(failures).toBe(Math.ceil(longest / 10));
    expect(failures).toBeGreaterThan(720);
  });
  it('stands on both kinds of workers', () => {
    const both = { mode: 'disaggregated', prefillTensorParallelSize: 8, decodeTensorParallelSize: 8 };
    expect(probes({ ...both, tensorParallelSize: null, release: '1.5.1', modelCache: 'none' })).toHaveLength(
      2,
    );
  });
  it('says nothing of a model on a claim that loads within two hours', () => {
    const model = { id: largest, revision: 'main', path: '', servedNames: [], maxModelLen: null };
    const cache = { claim: 'c', create: true, size: null, storageClass: null, mountPath: '' };
    expect(patienceFor({ model, cache: { ...cache, accessMode: 'ReadWriteMany' } })).toEqual({});
    expect(patienceFor({ model, cache: null }).startup?.periodSeconds).toBe(10);
  });
});
