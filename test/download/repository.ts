/** Owns the models that the local Hub of these tests serves: repositories as plain data, and what their files are called by content. */

import { createHash } from 'node:crypto';

/** The files of one commit, by path. */
export type Tree = Readonly<Record<string, Buffer>>;

/** One model of the local Hub. */
export type Repository = {
  readonly id: string;
  /** Files by commit hash. */
  readonly commits: Readonly<Record<string, Tree>>;
  /** Commit hash by branch or tag; changed by a test that moves a branch. */
  readonly branches: Record<string, string>;
  /** Tokens whose accounts may read the files; absent when everybody may. */
  readonly granted?: readonly string[];
};

export const COMMIT = 'a'.repeat(40);
export const LATER_COMMIT = 'b'.repeat(40);

/** A small but complete model: two weight files with their index, a configuration and a tokenizer. */
export function smallModel(seed = 1): Tree {
  const weights = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
  const index = {
    metadata: { total_size: 6000 },
    weight_map: { first: weights[0], second: weights[1] },
  };
  return {
    'config.json': text({ architectures: ['Qwen3ForCausalLM'], seed }),
    'tokenizer.json': text({ version: '1.0' }),
    'model.safetensors.index.json': text(index),
    [weights[0]]: bytes(4000, seed),
    [weights[1]]: bytes(3000, seed + 1),
  };
}

/** The small model under the id `acme/tiny`, with one commit on `main`. */
export function repository(tree: Tree = smallModel(), more: Partial<Repository> = {}): Repository {
  return {
    id: 'acme/tiny',
    commits: { [COMMIT]: tree },
    branches: { main: COMMIT },
    ...more,
  };
}

/** `length` bytes that look random and differ by seed. */
export function bytes(length: number, seed: number): Buffer {
  const block = createHash('sha512').update(String(seed)).digest();
  return Buffer.alloc(length, block);
}

export function text(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Weights are kept apart from the git repository, as on the Hub: found by their SHA-256, served from another address. */
export function isLarge(path: string): boolean {
  return /\.(safetensors|bin|pth|gguf)$/.test(path);
}

/** What the Hub sends as ETag: the SHA-256 of a large file, git's own hash of a small one. */
export function etagOf(path: string, content: Buffer): string {
  if (isLarge(path)) return createHash('sha256').update(content).digest('hex');
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

export function totalBytes(tree: Tree): number {
  return Object.values(tree).reduce((sum, content) => sum + content.length, 0);
}
