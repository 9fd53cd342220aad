/** Finds, reads and merges kubeconfig files as kubectl does: the first to name something wins. */

import { delimiter, dirname, join, resolve } from 'node:path';
import {
  bufferFromFileOrString,
  type Cluster,
  type Context,
  KubeConfig,
  type User,
} from '@kubernetes/client-node';
import type { Io } from '../io.ts';
import { ClusterError } from './refusal.ts';
import { settleUsers } from './users.ts';

export type Kubeconfig = {
  readonly clusters: readonly Cluster[];
  readonly users: readonly User[];
  readonly contexts: readonly Context[];
  /** Empty when no file says which. */
  readonly current: string;
  /** Files that were read, in order of precedence. */
  readonly files: readonly string[];
};

const hintMissing =
  'Write one with `aws eks update-kubeconfig --name <cluster>`, or point --kubeconfig or KUBECONFIG at a kubeconfig that exists.';

const code = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'error';

/** The text of a file; null when there is none. */
const read = (file: string): string | null => {
  try {
    return bufferFromFileOrString(file)?.toString('utf8') ?? '';
  } catch (error) {
    if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') return null;
    const why = code(error) === 'EISDIR' ? 'it is a folder' : code(error);
    throw new ClusterError('no-config', `The kubeconfig ${file} cannot be read: ${why}.`, {
      hint: 'Make the file readable for you, or name another with --kubeconfig.',
    });
  }
};

/** What js-yaml says is wrong and where, without the lines themselves, which may hold a secret. */
const fault = (error: unknown): string => {
  const { reason, mark } = error as { reason?: string; mark?: { line?: number } };
  const line = mark?.line === undefined ? '' : ` in line ${mark.line + 1}`;
  return `${reason ?? 'it cannot be parsed'}${line}`;
};

const parse = (file: string, text: string): KubeConfig => {
  const config = new KubeConfig();
  try {
    config.loadFromString(text, { onInvalidEntry: 'filter' });
  } catch (error) {
    // A file that is empty but for comments.
    if (error instanceof TypeError) return config;
    throw new ClusterError('no-config', `The kubeconfig ${file} is not valid YAML: ${fault(error)}.`, {
      hint: `Correct the file (\`kubectl config view --kubeconfig ${file}\` shows whether it can be read), or name another with --kubeconfig.`,
    });
  }
  config.makePathsAbsolute(dirname(file));
  return config;
};

/** Adds what is not named yet. */
const addTo = <T extends { readonly name: string }>(
  all: Map<string, T>,
  more: readonly T[] | undefined,
): void => {
  for (const one of more ?? []) if (!all.has(one.name)) all.set(one.name, one);
};

/** Merges the files that exist; null when none does. */
const merge = (files: readonly string[]): Kubeconfig | null => {
  const clusters = new Map<string, Cluster>();
  const users = new Map<string, User>();
  const contexts = new Map<string, Context>();
  const found: string[] = [];
  let current = '';
  for (const file of files) {
    const text = read(file);
    if (text === null) continue;
    found.push(file);
    const config = parse(file, text);
    addTo(clusters, config.clusters);
    addTo(users, settleUsers(config.users, text, dirname(file)));
    addTo(contexts, config.contexts);
    current ||= config.currentContext ?? '';
  }
  if (found.length === 0) return null;
  return {
    clusters: [...clusters.values()],
    users: [...users.values()],
    contexts: [...contexts.values()],
    current,
    files: found,
  };
};

const missing = (files: readonly string[], source: string): ClusterError => {
  const named = files.join(', ');
  const message =
    files.length > 1
      ? `None of the kubeconfig files that ${source} names exists: ${named}.`
      : `The kubeconfig ${named} that ${source} names does not exist.`;
  return new ClusterError('no-config', message, { hint: hintMissing });
};

/** Reads what a flag or variable names; it is an error when nothing of that exists. */
const named = (io: Pick<Io, 'cwd'>, paths: readonly string[], source: string): Kubeconfig => {
  const files = paths.map(path => resolve(io.cwd, path));
  const merged = merge(files);
  if (merged === null) throw missing(files, source);
  return merged;
};

/**
 * The kubeconfig of --kubeconfig, else of KUBECONFIG (a list), else ~/.kube/config; null when nothing is named and the last is not there.
 * Throws a ClusterError of kind no-config.
 */
export const loadKubeconfig = (io: Pick<Io, 'cwd' | 'env'>, flag: string | undefined): Kubeconfig | null => {
  if (flag !== undefined) return named(io, [flag], '--kubeconfig');
  const listed = (io.env['KUBECONFIG'] ?? '').split(delimiter).filter(path => path !== '');
  if (listed.length > 0) return named(io, [...new Set(listed)], 'KUBECONFIG');
  const home = io.env['HOME'] ?? io.env['USERPROFILE'];
  return home ? merge([join(home, '.kube', 'config')]) : null;
};

/** No kubeconfig, and not in a pod. */
export const nothingToLoad = (io: Pick<Io, 'env'>): ClusterError => {
  const home = io.env['HOME'] ?? io.env['USERPROFILE'] ?? '~';
  return new ClusterError(
    'no-config',
    `There is no kubeconfig: KUBECONFIG is not set and ${join(home, '.kube', 'config')} does not exist.`,
    { hint: hintMissing },
  );
};
