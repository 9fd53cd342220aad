import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubFacts } from '../../../src/core/hub-facts.ts';
import { readHubCache, writeHubCache } from '../../../src/files/hubCache.ts';
import { unasked } from '../../../src/huggingface/unasked.ts';

const facts: HubFacts = {
  ...unasked({ model: 'acme/model', revision: 'main' }, 'https://hub.test', ''),
  verdict: 'found',
  gated: false,
  private: false,
  id: 'acme/model',
  revision: 'c0ffee',
  weightsBytes: 7,
};
const kept = { at: '2026-01-02T03:04:05.000Z', facts };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hub-cache-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const at = (revision: string): string =>
  join(home, '.cache', 'dynamo-installer', 'hub', 'key', `${revision}.json`);

describe('the cache', () => {
  it('gives back what it was given, and only under its names', () => {
    const env = { HOME: home };
    expect(readHubCache(env, 'key', 'main')).toBeNull();
    writeHubCache(env, 'key', 'main', kept);
    expect(readHubCache(env, 'key', 'main')).toEqual(kept);
    expect([readHubCache(env, 'key', 'v2'), readHubCache(env, 'other', 'main')]).toEqual([null, null]);
    writeHubCache(env, 'key', 'main', { ...kept, at: '2027-01-01T00:00:00.000Z' });
    expect(readHubCache(env, 'key', 'main')?.at).toBe('2027-01-01T00:00:00.000Z');
    expect(readdirSync(dirname(at('main')))).toEqual(['main.json']);
    expect(statSync(at('main')).mode & 0o077).toBe(0);
  });
  it.each(['refs/pr/1', '../../up', '..', 'a b'])('keeps %j within its folder', revision => {
    writeHubCache({ HOME: home }, 'key', revision, kept);
    expect(readHubCache({ HOME: home }, 'key', revision)).toEqual(kept);
    expect(readdirSync(dirname(at('x')))).toHaveLength(1);
  });
  it('lies in XDG_CACHE_HOME, unless that is relative', () => {
    writeHubCache({ HOME: home, XDG_CACHE_HOME: join(home, 'xdg') }, 'key', 'main', kept);
    expect(readdirSync(join(home, 'xdg', 'dynamo-installer', 'hub', 'key'))).toEqual(['main.json']);
    expect(readHubCache({ HOME: home, XDG_CACHE_HOME: 'xdg' }, 'key', 'main')).toBeNull();
  });
  it('is none without a home', () => {
    writeHubCache({}, 'key', 'main', kept);
    expect(readHubCache({}, 'key', 'main')).toBeNull();
  });
  it('is none where nothing can be written', () => {
    writeFileSync(join(home, '.cache'), 'a file');
    writeHubCache({ HOME: home }, 'key', 'main', kept);
    expect(readHubCache({ HOME: home }, 'key', 'main')).toBeNull();
    expect(readdirSync(home)).toEqual(['.cache']);
  });
  it.each<[string, (text: string) => string]>([
    ['is cut short', text => text.slice(0, 40)],
    ['is empty', () => ''],
    ['is no object', () => 'null'],
    ['is of another version', text => text.replace('"version":1', '"version":2')],
    ['tells of no time', text => text.replace('"at":"', '"at":0,"was":"')],
    ['holds no facts', text => text.replace('"facts":{', '"facts":null,"old":{')],
    ['holds a number that is none', text => text.replace('"weightsBytes":7', '"weightsBytes":"7"')],
    ['tells of a gated model', text => text.replace('"gated":false', '"gated":"auto"')],
    ['tells of no model', text => text.replace('"verdict":"found"', '"verdict":"missing"')],
  ])('does not believe a file that %s', (_, spoil) => {
    writeHubCache({ HOME: home }, 'key', 'main', kept);
    const text = readFileSync(at('main'), 'utf8');
    const spoilt = spoil(text);
    expect(spoilt).not.toBe(text);
    writeFileSync(at('main'), spoilt);
    expect(readHubCache({ HOME: home }, 'key', 'main')).toBeNull();
  });
});
