/** What askHub makes of a Hub that refuses, fails or is not asked. */

import { describe, expect, it } from 'vitest';
import { askHub } from '../../../src/huggingface/hub.ts';
import { ask, hub, playHub } from './asking.ts';
import {
  card,
  healthy,
  hubEnv,
  ioWith,
  type Played,
  type Plays,
  paths,
  question,
  refusal,
  token,
} from './standIn.ts';

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
    await playHub(healthy);
    const facts = await askHub(ioWith(hubEnv(hub, { HF_HUB_OFFLINE: value })), question({ token }));
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).toContain('HF_HUB_OFFLINE');
    expect(hub.asked).toEqual([]);
  });
  it.each(['0', '', 'no'])('but is with HF_HUB_OFFLINE=%j', async value => {
    await playHub(healthy);
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
      await playHub(healthy);
      const facts = await askHub(ioWith({ HF_ENDPOINT: endpoint }), question());
      expect([facts.verdict, facts.endpoint]).toEqual(['unknown', '']);
      expect(facts.message).toContain('HF_ENDPOINT');
      expect(facts.message).not.toContain('pa%ss');
    },
  );
});
