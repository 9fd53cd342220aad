/** Saved manifests: one folder a deployment, written whole or not at all, and never over somebody's changes. */

import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from '../errors.ts';
import { makeFolders } from './folders.ts';
import { causeOf } from './read.ts';

export type SavedFile = { readonly file: string; readonly text: string };

const indexFile = 'kustomization.yaml';
export const answersFile = 'answers.yaml';
const digestMark = /^# Digest: sha256:([0-9a-f]{64})$/m;

const contextMark = /^# Context: (.+)$/m;

const joined = (files: readonly SavedFile[]): string =>
  [...files]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, text }) => `${file}\n${text.replace(digestMark, '')}\n`)
    .join('\0');

/** Node's own: the portable one takes ten milliseconds for a folder. */
const digest = (files: readonly SavedFile[]): string =>
  createHash('sha256').update(joined(files)).digest('hex');

/** Where and by what a folder was saved. */
export type Origin = {
  /** Of this program. */
  readonly version: string;
  /** Of the kubeconfig, when a cluster was looked at; without one the bytes do not depend on any. */
  readonly context: string | null;
};

const kustomization = (
  manifests: readonly SavedFile[],
  { version, context }: Origin,
  digest: string,
): string =>
  [
    `# Saved by dynamo-installer ${version}. Apply with: kubectl apply -k .`,
    '# The digest tells whether a file of this folder was changed by hand.',
    `# Digest: sha256:${digest}`,
    ...(context === null ? [] : [`# Context: ${context}`]),
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    'resources:',
    ...manifests.map(manifest => `  - ${manifest.file}`),
    '',
  ].join('\n');

/** Everything a saved folder holds; manifests from elsewhere have no answers. */
export const folderFiles = (
  manifests: readonly SavedFile[],
  answers: string | null,
  origin: Origin,
): SavedFile[] => {
  const draft = [...manifests, ...(answers === null ? [] : [{ file: answersFile, text: answers }])];
  const blank = { file: indexFile, text: kustomization(manifests, origin, '0'.repeat(64)) };
  return [...draft, { file: indexFile, text: kustomization(manifests, origin, digest([...draft, blank])) }];
};

export type SavedFolder = {
  readonly files: readonly SavedFile[];
  /** `foreign`: this program did not write it. `changed`: a file was edited, added or removed since. */
  readonly state: 'intact' | 'changed' | 'foreign';
};

/** Reads a folder; only YAML files count, others are nobody's business. */
export const openFolder = (folder: string): SavedFolder => {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(entry => ({ file: entry.name, text: readFileSync(join(folder, entry.name), 'utf8') }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const said = digestMark.exec(files.find(one => one.file === indexFile)?.text ?? '')?.[1];
  if (said === undefined) return { files, state: 'foreign' };
  return { files, state: digest(files) === said ? 'intact' : 'changed' };
};

/** Context of the kubeconfig that it was saved for; null when no cluster was looked at. */
export const contextOf = ({ files }: SavedFolder): string | null =>
  contextMark.exec(files.find(one => one.file === indexFile)?.text ?? '')?.[1] ?? null;

/** The same of a folder that may not be there yet. */
export const savedContext = (folder: string): string | null =>
  existsSync(folder) && statSync(folder).isDirectory() ? contextOf(openFolder(folder)) : null;

/** The manifests of a folder in apply order, without its index and its answers. */
export const manifestsIn = (folder: SavedFolder): SavedFile[] =>
  folder.files.filter(one => one.file !== indexFile && one.file !== answersFile);

const cannot = (folder: string, error: unknown): CliError =>
  new CliError('refused', `The manifests cannot be saved: ${folder} ${causeOf(error)}.`, {
    hint: 'Choose another folder: --output-dir DIR',
  });

/** The first part of a path that exists and is no folder. */
const inTheWay = (folder: string): string | undefined => {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(at)) return statSync(at).isDirectory() ? undefined : at;
  }
  return undefined;
};

const same = (folder: SavedFolder, files: readonly SavedFile[]): boolean =>
  folder.files.length === files.length && joined(folder.files) === joined(files);

/** Files that are not ours stay in the folder when ours are replaced. */
const carryOver = (from: string, to: string, ours: readonly SavedFile[], replaced: SavedFolder): void => {
  const numbered = /^\d\d-[a-z0-9]+\.yaml$/;
  const known = [
    ...ours.map(one => one.file),
    ...replaced.files.map(one => one.file).filter(file => numbered.test(file)),
  ];
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile() && !known.includes(entry.name))
      copyFileSync(join(from, entry.name), join(to, entry.name));
    if (entry.isDirectory()) renameSync(join(from, entry.name), join(to, entry.name));
  }
};

const replace = (folder: string, files: readonly SavedFile[]): void => {
  const parent = dirname(folder);
  makeFolders(parent);
  const beside = join(parent, `.saving-${randomUUID()}`);
  mkdirSync(beside);
  try {
    for (const { file, text } of files) writeFileSync(join(beside, file), text);
    const old = `${beside}-old`;
    const exists = existsSync(folder);
    if (exists) {
      carryOver(folder, beside, files, openFolder(folder));
      renameSync(folder, old);
    }
    renameSync(beside, folder);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
};

export type Saved = { readonly folder: string; readonly change: 'created' | 'configured' | 'unchanged' };

const whose = {
  changed: 'was changed by hand since it was saved',
  foreign: 'was not saved by this program',
} as const;

/** What may happen to the folder that stands there. Errors: `refused` when it holds changes that nobody said to replace. */
const judge = (folder: string, files: readonly SavedFile[], overwrite: boolean): Saved['change'] => {
  if (!existsSync(folder)) return 'created';
  const found = openFolder(folder);
  const nothingLost = found.files.length === 0 || same(found, files);
  if (found.state === 'intact') return nothingLost ? 'unchanged' : 'configured';
  if (nothingLost || overwrite) return 'configured';
  throw new CliError('refused', `${folder} ${whose[found.state]}; it is left as it is.`, {
    hint: 'Replace it with --overwrite, or save elsewhere with --output-dir DIR.',
  });
};

/**
 * Saves a folder whole. Errors: `refused` when the place cannot be written, or holds changes that nobody said to replace.
 */
export const saveFolder = (folder: string, files: readonly SavedFile[], overwrite: boolean): Saved => {
  const obstacle = inTheWay(folder);
  if (obstacle !== undefined) {
    throw new CliError('refused', `The manifests cannot be saved: ${obstacle} is a file, not a folder.`, {
      hint: 'Choose another folder: --output-dir DIR',
    });
  }
  try {
    const change = judge(folder, files, overwrite);
    if (change !== 'unchanged') replace(folder, files);
    return { folder, change };
  } catch (error) {
    throw error instanceof CliError ? error : cannot(folder, error);
  }
};
