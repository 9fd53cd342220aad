/** What askHub makes of a Hub's answers; the Hub is a stand-in on loopback, because tests have no internet. */

import { afterEach, describe, expect, it } from 'vitest';
import { askHub, type HubAsk } from '../../../src/huggingface/hub.ts';
import {
  card,
  commit,
  gib,
  healthy,
  hubEnv,
  ioWith,
  model,
  type Played,
  type Plays,
  paths,
  question,
  refusal,
  type StandIn,
  startHub,
  token,
} from './standIn.ts';

let hub: StandIn;
afterEach(() => hub.stop());

const ask = async (plays: Plays, more: Partial<HubAsk> = {}) => {
  hub = await startHub(plays);
  return askHub(ioWith(hubEnv(hub)), question(more));
};

/** A server that knows tokens: `plays` for a good one, `bad` for any other, `anonymous` without. */
const byToken =
  (good: Played, bad: Played, anonymous: Played): Plays[string] =>
  request => {
    const { authorization } = request.headers;
    if (authorization === undefined) return anonymous;
    return authorization === `Bearer ${token}` ? good : bad;
  };

const me: Plays = {
  [paths.whoami]: byToken(
    { body: { name: 'acme-ml', type: 'user' } },
    refusal(401, '', 'Invalid username or password.'),
    refusal(401, ''),
  ),
};

const gatedCard = { [paths.card]: { body: card({ gated: 'manual' }) } };
const bad = 'hf_notTheRightTokenForTests';
const badCredentials = refusal(401, '', 'Invalid credentials in Authorization header');

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
    hub = await startHub({
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

describe('a model that is not there', () => {
  const near = [{ id: 'acme/small-modal' }, { id: 'acme/small-model-fp8' }, { id: 'acme/huge' }];
  it.each<[string, Played]>([
    ['404 with a code', refusal(404, 'RepoNotFound')],
    ['404 in words', refusal(404, '', 'Repository not found')],
    ['401 with a code', refusal(401, 'RepoNotFound')],
    ['401 without one', refusal(401, '')],
  ])('%s', async (_, play) => {
    const facts = await ask({
      '*': play,
      '/api/models?search=small&author=acme': { body: near },
    });
    expect(facts).toMatchObject({
      verdict: 'missing',
      suggestions: ['acme/small-modal', 'acme/small-model-fp8'],
      config: null,
    });
  });
  it('is looked for more widely when nothing is near', async () => {
    const facts = await ask({
      '/api/models?search=small-model&sort=downloads&limit=20': { body: [{ id: `acme-ai/small-model` }] },
    });
    expect(facts.suggestions).toEqual(['acme-ai/small-model']);
  });
  it.each([
    [{ body: '<html>' }],
    [{ body: { error: 'no list' } }],
    [{ status: 500 }],
    [{ body: [1, null, {}] }],
  ])('has no suggestions when the search answers %j', async play => {
    const facts = await ask({ '/api/models': play });
    expect([facts.verdict, facts.suggestions]).toEqual(['missing', []]);
  });
  it('may be only a revision', async () => {
    const nope = refusal(404, 'RevisionNotFound', 'Invalid rev id: v9');
    const facts = await ask({ '*': nope }, { revision: 'v9' });
    expect(facts).toMatchObject({ verdict: 'revision-missing', message: 'Invalid rev id: v9.' });
  });
  it('may be a branch main that the repository does not have', async () => {
    const facts = await ask({
      ...healthy,
      [paths.config]: refusal(404, 'RevisionNotFound', 'Invalid rev id: main'),
    });
    expect(facts.verdict).toBe('revision-missing');
  });
  it.each<[string, Plays]>([
    ['by its words', { '*': refusal(403, '', 'Access to this resource is disabled.') }],
    ['by its card', { ...healthy, [paths.card]: { body: card({ disabled: true }) } }],
  ])('may be disabled, %s', async (_, plays) => {
    expect((await ask(plays)).verdict).toBe('disabled');
  });
});

describe('what tells nothing of the model', () => {
  it.each<[string, Played, RegExp]>([
    ['a rate limit', { status: 429, headers: { 'Retry-After': '17' } }, /429.*17 s.*HF_TOKEN/],
    ['another way to say it', { status: 429, headers: { RateLimit: '"api";r=0;t=42' } }, /42 s/],
    ['trouble', { status: 503 }, /503/],
    ['a page for people', { body: '<html>Please log in to the network</html>' }, /not the Hub's/],
    ['other JSON', { body: { status: 'ok' } }, /not the Hub's/],
    ['a list', { body: [] }, /not the Hub's/],
    ['a web server', { status: 404, body: '<h1>404</h1>' }, /404.*HF_ENDPOINT/],
    ['a firewall', { status: 403, body: '<h1>Forbidden by policy</h1>' }, /403.*forbids/],
    ['a proxy', { status: 407 }, /407/],
    ['an odd status', { status: 304 }, /304/],
  ])('%s', async (_, play, words) => {
    const facts = await ask({
      '*': play,
      [paths.config]: play.status === undefined ? { status: 500 } : play,
    });
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toMatch(words);
    expect(facts.suggestions).toEqual([]);
  });
  it('files that are refused although the model is open', async () => {
    const facts = await ask({ ...healthy, [paths.config]: { status: 401 } });
    expect([facts.verdict, facts.message]).toEqual([
      'unknown',
      'The Hub shows the model to everybody, but not its files.',
    ]);
  });
  it('a rate limit with a token does not ask for one', async () => {
    const facts = await ask({ '*': { status: 429 } }, { token });
    expect(facts.message).toMatch(/429/);
    expect(facts.message).not.toContain('HF_TOKEN');
  });
  it('passes when it is brief', async () => {
    const late = (play: Played) => (_: unknown, nth: number) => (nth === 1 ? { status: 503 } : play);
    const facts = await ask({
      ...healthy,
      [paths.card]: late({ body: card() }),
      [paths.config]: (_, nth) => (nth === 1 ? { cut: true } : { body: {} }),
    });
    expect(facts.verdict).toBe('found');
  });
});

describe('nobody is asked', () => {
  it.each(['1', 'TRUE', 'on', 'Yes'])('with HF_HUB_OFFLINE=%s', async value => {
    hub = await startHub(healthy);
    const facts = await askHub(ioWith(hubEnv(hub, { HF_HUB_OFFLINE: value })), question({ token }));
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toContain('HF_HUB_OFFLINE');
    expect(hub.asked).toEqual([]);
  });
  it.each(['0', '', 'no'])('but is with HF_HUB_OFFLINE=%j', async value => {
    hub = await startHub(healthy);
    const facts = await askHub(ioWith(hubEnv(hub, { HF_HUB_OFFLINE: value })), question());
    expect(facts.verdict).toBe('found');
  });
  it.each(['/opt/models/mine', '../etc/passwd', 'a/b/c', 'two words', 'acme/..', ''])(
    'about %j, which is no id',
    async id => {
      const facts = await ask(healthy, { model: id });
      expect([facts.verdict, hub.asked]).toEqual(['unknown', []]);
    },
  );
  it.each(['huggingface.co', 'ftp://mirror', 'https://', 'https://user:pa%ss@'])(
    'at %j, which is no address',
    async endpoint => {
      hub = await startHub(healthy);
      const facts = await askHub(ioWith({ HF_ENDPOINT: endpoint }), question());
      expect([facts.verdict, facts.endpoint]).toEqual(['unknown', '']);
      expect(facts.message).toContain('HF_ENDPOINT');
      expect(facts.message).not.toContain('pa%ss');
    },
  );
});
