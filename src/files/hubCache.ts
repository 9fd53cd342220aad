/** Remembers what the Hub said of open models, for when it cannot be asked: one small file a revision. */

import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { HubFacts } from '../core/hub-facts.ts';
import type { Io } from '../io.ts';
import { makeFolders } from './folders.ts';
import { readText } from './read.ts';

export type KeptFacts = {
  /** When the Hub said so, RFC 3339. */
  readonly at: string;
  readonly facts: HubFacts;
};

/** Changed with the shape of the file. */
const version = 1;

/** Null when there is no home to keep anything in. */
const fileOf = (env: Io['env'], key: string, revision: string): string | null => {
  const { XDG_CACHE_HOME: caches = '', HOME, USERPROFILE } = env;
  const home = HOME ?? USERPROFILE ?? '';
  // A relative XDG_CACHE_HOME is to be ignored, says its specification.
  const root = isAbsolute(caches) ? caches : home === '' ? null : join(home, '.cache');
  if (root === null) return null;
  return join(root, 'dynamo-installer', 'hub', key, `${encodeURIComponent(revision)}.json`);
};

type Kind = 'string' | 'number' | 'boolean';

/** Kinds of the members that a reader relies on; `null` is allowed for all but the first. */
const members: Readonly<Partial<Record<keyof HubFacts, Kind>>> = {
  endpoint: 'string',
  id: 'string',
  revision: 'string',
  weightsBytes: 'number',
  downloadBytes: 'number',
  remoteCode: 'boolean',
  chatTemplate: 'boolean',
  config: 'string',
};

const isFacts = (value: unknown): value is HubFacts => {
  if (typeof value !== 'object' || value === null) return false;
  const facts = value as Readonly<Record<string, unknown>>;
  return (
    facts.verdict === 'found' &&
    facts.gated === false &&
    Object.entries(members).every(([key, kind]) => facts[key] === null || typeof facts[key] === kind)
  );
};

const parse = (text: string): KeptFacts | null => {
  try {
    const read = JSON.parse(text) as { version?: unknown; at?: unknown; facts?: unknown } | null;
    if (read?.version !== version || typeof read.at !== 'string' || !isFacts(read.facts)) return null;
    return { at: read.at, facts: read.facts };
  } catch {
    return null;
  }
};

/** What is remembered under a key (src/huggingface/cacheKey.ts); null when nothing, or nothing that can be read. */
export const readHubCache = (env: Io['env'], key: string, revision: string): KeptFacts | null => {
  const path = fileOf(env, key, revision);
  const file = path === null ? null : readText(path);
  return file !== null && 'text' in file ? parse(file.text) : null;
};

/** The file appears whole or not at all. Errors: whatever the file system says. */
const replace = (path: string, text: string): void => {
  makeFolders(dirname(path));
  const beside = join(dirname(path), `.${randomUUID()}`);
  try {
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
};

/** Remembers facts. A cache that cannot be written is none: no error. */
export const writeHubCache = (env: Io['env'], key: string, revision: string, kept: KeptFacts): void => {
  const path = fileOf(env, key, revision);
  if (path === null) return;
  try {
    replace(path, JSON.stringify({ version, ...kept }));
  } catch {
    // A full disk or a folder that may not be written costs a request the next time, no more.
  }
};
