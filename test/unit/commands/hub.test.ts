/** What is remembered of the Hub; it is a stand-in on loopback, because tests have no internet. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubQuestion, hubFor } from '../../../src/commands/hub.ts';
import {
  card,
  commit,
  healthy,
  hubEnv,
  ioWith,
  model,
  type Plays,
  paths,
  refusal,
  type StandIn,
  startHub,
  token,
} from '../huggingface/standIn.ts';

let home: string;
let hub: StandIn;
let plays: Plays;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'hub-'));
  plays = healthy;
  const late = (path: string): Plays => ({
    [path]: (request, nth) => {
      const play = plays[request.url?.split('?')[0] ?? ''] ?? plays['*'] ?? { status: 404 };
      return typeof play === 'function' ? play(request, nth) : play;
    },
  });
  hub = await startHub(late('*'));
});
afterEach(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const ask = (more: Partial<HubQuestion> = {}, env: Readonly<Record<string, string>> = {}) =>
  hubFor({
    io: ioWith(hubEnv(hub, { HOME: home, ...env })),
    model,
    revision: 'main',
    token: null,
    offline: false,
    signal: new AbortController().signal,
    ...more,
  });

const remembered = (): string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
    .sort();

describe('hubFor', () => {
  it('tells what it was told when the Hub does not answer, and from when that is', async () => {
    const first = await ask();
    plays = { '*': { status: 503 } };
    const later = await ask();
    expect(later).toEqual({ ...first, message: later.message });
    expect(later.message).toMatch(/503.*What it said on \d{4}-\d\d-\d\d is taken instead\.$/);
  });
  it('knows nothing of what it never asked for', async () => {
    plays = { '*': { status: 503 } };
    const facts = await ask();
    expect(facts.verdict).toBe('unknown');
    expect(facts.message).not.toContain('instead');
  });
  it('does not ask twice for a commit, by whichever name it came', async () => {
    await ask();
    const before = hub.asked.length;
    const facts = await ask({ revision: commit });
    expect(facts).toMatchObject({ verdict: 'found', asked: commit, revision: commit, message: '' });
    expect(hub.asked).toHaveLength(before);
    expect((await ask()).verdict).toBe('found');
    expect(hub.asked.length).toBeGreaterThan(before);
  });
  it('opens no connection when offline', async () => {
    expect(await ask({ offline: true })).toMatchObject({
      verdict: 'unknown',
      message: 'The Hub was not asked, because of --offline.',
    });
    expect(hub.asked).toEqual([]);
    await ask();
    const before = hub.asked.length;
    expect((await ask({ offline: true, model: model.toUpperCase() })).verdict).toBe('found');
    expect((await ask({}, { HF_HUB_OFFLINE: '1' })).message).toMatch(/HF_HUB_OFFLINE.*instead/);
    expect(hub.asked).toHaveLength(before);
  });
  it('believes a refusal more than its memory', async () => {
    await ask();
    plays = { '*': refusal(404, 'RepoNotFound') };
    expect((await ask()).verdict).toBe('missing');
  });
  it.each<[string, Plays]>([
    ['gated', { ...healthy, [paths.card]: { body: card({ gated: 'auto' }) } }],
    ['private', { ...healthy, [paths.card]: { body: card({ private: true }) } }],
    ['perhaps private', { ...healthy, [paths.card]: { body: card({ private: undefined }) } }],
    ['read in part', { ...healthy, [paths.config]: { status: 500 } }],
    ['missing', { '*': refusal(404, 'RepoNotFound') }],
  ])('remembers nothing of a model that is %s', async (_, told) => {
    plays = told;
    await ask({ token });
    expect(remembered()).toEqual([]);
  });
  it('remembers neither token nor account', async () => {
    plays = { ...healthy, [paths.whoami]: { body: { name: 'acme-ml' } } };
    const facts = await ask({ token });
    expect(facts.withToken).toBe(true);
    expect(remembered()).toEqual([`${commit}.json`, 'main.json']);
    const [folder = ''] = readdirSync(join(home, '.cache', 'dynamo-installer', 'hub'));
    const text = readFileSync(join(home, '.cache', 'dynamo-installer', 'hub', folder, 'main.json'), 'utf8');
    expect(text).not.toContain(token);
    expect(JSON.parse(text).facts).toMatchObject({ withToken: false, account: null });
  });
  it('keeps Hubs apart', async () => {
    await ask();
    const facts = await ask({ offline: true }, { HF_ENDPOINT: 'https://hub.test' });
    expect(facts.verdict).toBe('unknown');
    expect((await ask({}, { HF_ENDPOINT: 'nonsense' })).message).toContain('HF_ENDPOINT');
  });
});
