/** What askHub makes of a Hub's answers. */

import { describe, expect, it } from 'vitest';
import { askHub } from '../../../src/huggingface/hub.ts';
import { ask, bad, badCredentials, byToken, gatedCard, hub, me, playHub } from './asking.ts';
import {
  card,
  commit,
  gib,
  healthy,
  ioWith,
  model,
  type Played,
  paths,
  question,
  refusal,
  token,
} from './standIn.ts';

describe('a model that everybody may read', () => {
  it('is found with commit, sizes and template, in three requests', async () => {
    const facts = await ask(healthy);
    expect(facts).toEqual({
      endpoint: `http://127.0.0.1:${hub.port}`,
      model,
      asked: 'main',
      verdict: 'found',
      message: '',
      id: model,
      revision: commit,
      gated: false,
      private: false,
      withToken: false,
      account: null,
      weightsBytes: 7 * gib,
      downloadBytes: 7 * gib + 1600,
      remoteCode: false,
      chatTemplate: true,
      config: '{"architectures":["LlamaForCausalLM"]}',
      suggestions: [],
    });
    expect(hub.asked.toSorted()).toEqual(
      [`GET ${paths.config}`, `GET ${paths.tokenizer}`, `GET ${paths.card}?blobs=true`].toSorted(),
    );
  });
  it('is asked for by its revision, slashes and all', async () => {
    const facts = await ask(
      {
        [`${paths.card}/revision/refs%2Fpr%2F7`]: { body: card() },
        [`/${model}/resolve/refs%2Fpr%2F7/config.json`]: { body: {} },
      },
      { revision: 'refs/pr/7' },
    );
    expect([facts.verdict, facts.asked, facts.revision]).toEqual(['found', 'refs/pr/7', commit]);
  });
  it('may lie behind a path and a slash at the end of HF_ENDPOINT', async () => {
    await playHub({
      [`/mirror/hf${paths.card}`]: { body: card() },
      [`/mirror/hf${paths.config}`]: { body: {} },
    });
    const env = { HF_ENDPOINT: `http://127.0.0.1:${hub.port}/mirror/hf/` };
    const facts = await askHub(ioWith(env), question());
    expect([facts.verdict, facts.endpoint]).toEqual(['found', `http://127.0.0.1:${hub.port}/mirror/hf`]);
  });
  it('is found under another spelling, and the rest is read under the right one', async () => {
    const typed = 'ACME/Small-Model';
    const facts = await ask(
      {
        ...healthy,
        [`/api/models/${typed}`]: { status: 307, headers: { Location: paths.card } },
        [`/${typed}/resolve/main/config.json`]: { status: 307, headers: { Location: paths.config } },
      },
      { model: typed, token },
    );
    expect(facts).toMatchObject({ verdict: 'found', model: typed, id: model, chatTemplate: true });
    expect(hub.asked).toContain(`GET ${paths.card}?blobs=true with ${token}`);
    expect(hub.asked).toContain(`GET ${paths.tokenizer} with ${token}`);
  });
  it('brings code of its own, by auto_map, even beside the Infinity that Python writes', async () => {
    const text =
      '{"rope":Infinity,"x":-Infinity,"note":"NaN","auto_map":{"AutoConfig":"configuration.Config"}}';
    const facts = await ask({ ...healthy, [paths.config]: { body: text } });
    expect([facts.remoteCode, facts.config]).toEqual([true, text]);
  });
  it.each<[string, unknown, Played | null, boolean | null, number]>([
    ['no template', {}, { body: { tokenizer_class: 'X' } }, false, 1],
    ['an empty template', {}, { body: { chat_template: '' } }, false, 1],
    ['named templates', {}, { body: { chat_template: [{ name: 'default', template: 'x' }] } }, true, 1],
    ['no tokenizer that can be read', {}, { body: '<html>' }, null, 1],
    ['a template in a file', { siblings: [{ rfilename: 'chat_template.jinja' }] }, null, true, 0],
    ['a tokenizer of another kind', { siblings: [{ rfilename: 'tekken.json' }] }, null, null, 0],
    ['no list of files, no template', { siblings: undefined }, { body: {} }, null, 1],
    ['no list of files', { siblings: undefined }, { body: { chat_template: 'x' } }, true, 1],
  ])('%s', async (_, more, tokenizer, expected, requests) => {
    const facts = await ask({
      ...healthy,
      [paths.card]: { body: card(more as Record<string, unknown>) },
      ...(tokenizer === null ? {} : { [paths.tokenizer]: tokenizer }),
    });
    expect(facts.chatTemplate).toBe(expected);
    expect(hub.asked.filter(line => line.includes('tokenizer')).length).toBe(requests);
  });
  it('has neither the id nor the commit that a server makes up', async () => {
    const facts = await ask({
      ...healthy,
      [paths.card]: { body: card({ id: '../../etc', sha: 'main; rm -rf' }) },
      [paths.config]: { headers: { 'X-Repo-Commit': 'HEAD' }, body: {} },
    });
    expect(facts).toMatchObject({ verdict: 'found', id: null, revision: null });
    expect(hub.asked.filter(line => line.includes('etc'))).toEqual([]);
  });
  it('is found although it has no config.json', async () => {
    const facts = await ask({ ...healthy, [paths.config]: refusal(404, 'EntryNotFound', 'Entry not found') });
    expect(facts).toMatchObject({ verdict: 'found', message: '', config: null, remoteCode: null });
  });
  it('is found although its config.json cannot be had just now', async () => {
    const facts = await ask({ ...healthy, [paths.config]: { status: 503 } });
    expect(facts).toMatchObject({ verdict: 'found', config: null, weightsBytes: 7 * gib });
    expect(facts.message).toContain('503');
  });
  it('is found by its config.json when the metadata cannot be had', async () => {
    const facts = await ask({ ...healthy, [paths.card]: refusal(429, '') });
    expect(facts).toMatchObject({ verdict: 'found', revision: commit, gated: null, weightsBytes: null });
    expect(facts.message).toMatch(/429.*HF_TOKEN/);
  });
});

describe('the index of the weights', () => {
  const twice = card({
    siblings: [
      { rfilename: 'model-00001-of-00001.safetensors', size: 1000 },
      { rfilename: 'extra.safetensors', size: 900 },
      { rfilename: 'model.safetensors.index.json', size: 50 },
      { rfilename: 'tokenizer_config.json', size: 50 },
    ],
  });
  it('is read only when the files alone do not tell', async () => {
    const index = { metadata: { total_size: 990 }, weight_map: { a: 'model-00001-of-00001.safetensors' } };
    const facts = await ask({ ...healthy, [paths.card]: { body: twice }, [paths.index]: { body: index } });
    expect(facts.weightsBytes).toBe(990);
  });
  it('may be missing all the same', async () => {
    const facts = await ask({ ...healthy, [paths.card]: { body: twice }, [paths.index]: { status: 404 } });
    expect(facts.weightsBytes).toBe(1900);
  });
});

describe('a quantisation in a file of its own', () => {
  const beside = card({
    siblings: [
      { rfilename: 'model.safetensors', size: 1000 },
      { rfilename: 'hf_quant_config.json', size: 50 },
    ],
  });
  it('is read beside a config.json that has none, and may be missing', async () => {
    const path = paths.index.replace('model.safetensors.index.json', 'hf_quant_config.json');
    const answers = { ...healthy, [paths.card]: { body: beside } };
    const quant = { quantization: { quant_algo: 'NVFP4' } };
    const found = await ask({ ...answers, [path]: { body: quant } });
    expect(JSON.parse(found.config ?? '').quantization_config).toEqual({
      quant_method: 'modelopt',
      quant_algo: 'NVFP4',
    });
    const without = await ask({ ...answers, [path]: { status: 404 } });
    expect(JSON.parse(without.config ?? '')).not.toHaveProperty('quantization_config');
    expect(without.verdict).toBe('found');
  });
});

describe('a repository of Mistral without a config.json', () => {
  const files = (...names: readonly string[]) => ({
    [paths.card]: {
      body: card({
        siblings: [
          { rfilename: 'consolidated.safetensors', size: 50 },
          ...names.map(rfilename => ({ rfilename, size: 5 })),
        ],
      }),
    },
  });
  const params = paths.config.replace('config.json', 'params.json');
  const said = { dim: 512, n_layers: 4 };
  const missing = refusal(404, 'EntryNotFound', 'Entry not found');
  it('has its params.json read instead', async () => {
    const answers = {
      ...healthy,
      ...files('params.json'),
      [paths.config]: missing,
      [params]: { body: said },
    };
    const found = await ask(answers);
    expect(found).toMatchObject({ verdict: 'found', weightsBytes: 50 });
    expect(JSON.parse(found.config ?? '')).toEqual(said);
  });
  it('keeps its config.json where it has both', async () => {
    const both = { ...healthy, ...files('params.json', 'config.json'), [params]: { body: said } };
    expect(JSON.parse((await ask(both)).config ?? '')).not.toHaveProperty('dim');
  });
});

describe('a gated model', () => {
  const restricted = `Access to model ${model} is restricted`;
  const gated = { ...healthy, ...gatedCard, ...me };
  it('without a token: everything but its files is known', async () => {
    const facts = await ask({ ...gated, [paths.config]: refusal(401, 'GatedRepo', restricted) });
    expect(facts).toMatchObject({
      verdict: 'gated',
      gated: 'manual',
      message: `${restricted}.`,
      withToken: false,
      account: null,
      weightsBytes: 7 * gib,
      config: null,
    });
    expect(hub.asked).toHaveLength(2);
  });
  it('whose licence the account behind the token has not accepted: the account is named', async () => {
    const facts = await ask({ ...gated, [paths.config]: refusal(403, 'GatedRepo', restricted) }, { token });
    expect(facts).toMatchObject({ verdict: 'gated', withToken: true, account: 'acme-ml' });
    expect(hub.asked).toHaveLength(3);
  });
  it('with a token that the Hub does not know', async () => {
    const facts = await ask(
      { ...gated, [paths.config]: refusal(401, 'GatedRepo', restricted) },
      { token: bad },
    );
    expect(facts).toMatchObject({ verdict: 'token-invalid', account: null, gated: 'manual' });
  });
  it('whose files are refused in other words: a token that may too little', async () => {
    const words = 'Please enable access to public gated repositories in your fine-grained token settings';
    const facts = await ask({ ...gated, [paths.config]: refusal(403, '', words) }, { token });
    expect(facts).toMatchObject({ verdict: 'gated', message: `${words}.`, account: 'acme-ml' });
  });
  it('that this token may read', async () => {
    const facts = await ask(gated, { token });
    expect(facts).toMatchObject({ verdict: 'found', gated: 'manual', withToken: true });
  });
  it('is not said to be readable when only its files are silent', async () => {
    const facts = await ask({ ...gated, [paths.config]: { status: 502 } }, { token });
    expect(facts).toMatchObject({ verdict: 'unknown', gated: 'manual' });
    expect(facts.message).toContain('502');
  });
});

describe('a token', () => {
  it('that the Hub does not know is told from a bad name, and the model is described all the same', async () => {
    const open = (play: Played) => byToken(play, badCredentials, play);
    const facts = await ask(
      {
        ...me,
        [paths.card]: open({ body: card() }),
        [paths.config]: open({ body: {} }),
        [paths.tokenizer]: open({ body: { chat_template: 'x' } }),
      },
      { token: bad },
    );
    expect(facts).toMatchObject({
      verdict: 'token-invalid',
      message: 'Invalid credentials in Authorization header.',
      id: model,
      weightsBytes: 7 * gib,
      chatTemplate: true,
      suggestions: [],
    });
  });
  it('is bad too when only the refusal of what everybody may read shows it', async () => {
    const open = (play: Played) => byToken(play, badCredentials, play);
    const facts = await ask(
      {
        [paths.whoami]: { status: 500 },
        [paths.card]: open({ body: card() }),
        [paths.config]: open({ body: {} }),
      },
      { token: bad },
    );
    expect(facts.verdict).toBe('token-invalid');
  });
  it('that is bad may come with a bad name, which is still helped', async () => {
    const facts = await ask(
      {
        ...me,
        [paths.card]: byToken(badCredentials, badCredentials, refusal(401, '')),
        [paths.config]: badCredentials,
        [`/api/models?search=small&author=acme`]: { body: [{ id: 'acme/small-models' }] },
      },
      { token: bad },
    );
    expect(facts).toMatchObject({ verdict: 'token-invalid', suggestions: ['acme/small-models'] });
    expect(hub.asked.at(-1)).toBe('GET /api/models?search=small&author=acme');
  });
  it('that is good and sees nothing: the model is missing, or private to others', async () => {
    const facts = await ask({ ...me, '*': refusal(404, 'RepoNotFound', 'Repository not found') }, { token });
    expect(facts).toMatchObject({ verdict: 'missing', account: 'acme-ml', message: 'Repository not found.' });
  });
  it('opens a private model', async () => {
    const hidden = refusal(401, 'RepoNotFound', 'Repository not found');
    const facts = await ask(
      {
        [paths.card]: byToken({ body: card({ private: true }) }, hidden, hidden),
        [paths.config]: byToken({ body: {} }, hidden, hidden),
      },
      { token },
    );
    expect(facts).toMatchObject({ verdict: 'found', private: true });
  });
});
