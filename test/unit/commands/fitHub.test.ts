/** `fit` for a model that only the Hub knows; the Hub is a stand-in on loopback. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { component, newFolder, runCli } from '../../kit/process.ts';
import {
  card,
  commit,
  healthy,
  hubEnv,
  model,
  paths,
  type StandIn,
  startHub,
} from '../huggingface/standIn.ts';

const config = {
  architectures: ['LlamaForCausalLM'],
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14_336,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
};
const shown = {
  ...healthy,
  [paths.config]: { headers: { 'X-Repo-Commit': commit }, body: config },
};

let hub: StandIn;
let cwd = '';
beforeEach(async () => {
  cwd = newFolder();
  hub = await startHub(shown);
});
afterEach(() => hub.stop());

const json = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const argv = [...component, 'fit', ...words, '-o', 'json'];
  const { code, stdout } = await runCli(argv, { cwd, env: hubEnv(hub, { HOME: cwd, ...env }) });
  return { code, data: JSON.parse(stdout) };
};
const words = ['--model', model, '--gpu', 'H100-80GB', '--release', '1.3.1'];

describe('fit asks the Hub', () => {
  it('for a model that the catalogue does not know, and works it out', async () => {
    const { code, data } = await json(words);
    expect([code, data.verdict, data.modelFrom, data.modelComplete]).toEqual([0, 'fits', 'hub', true]);
    expect(data.perGpu).toMatchObject({ kvBytesPerToken: 131_072 });
    expect(data.perGpu.weightsGiB[0]).toBe(7);
    expect(data.host.modelCacheGiB).toBe(100);
    const illegal = await json([...words, '--tensor-parallel-size', '3']);
    expect(illegal.code).toBe(65);
    expect(illegal.data.findings[0].rule).toBe('fit-illegal-heads');
  });
  it('not for one that it knows, not with --offline, and not when the configuration was given', async () => {
    await json(['--model', 'Qwen/Qwen3-8B', '--gpu', 'L4']);
    await json([...words, '--offline']);
    expect((await json([...words, '--model-config', 'none.json'])).code).toBe(65);
    expect(hub.asked).toEqual([]);
  });
  it('and says why when it does not help', async () => {
    await hub.stop();
    hub = await startHub({ [paths.card]: { body: card({ gated: 'manual' }) } });
    const gated = await json(words);
    expect([gated.code, gated.data.verdict, gated.data.perGpu.weightsGiB[0]]).toEqual([0, 'unknown', 7]);
    expect(gated.data.findings[0].message).toContain('only its size is known');
    const missing = await json(['--model', 'nobody/nothing', '--gpu', 'L4']);
    expect([missing.code, missing.data.verdict]).toEqual([0, 'unknown']);
    expect(missing.data.findings[0].message).toContain('the Hub has no such model');
    const silent = await json(['--model', 'nobody/nothing', '--gpu', 'L4'], {
      HF_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(silent.data.findings[0].message).toContain('the Hub could not be asked');
  });
});
