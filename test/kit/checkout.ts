/** Fresh clones of this checkout, with or without packages, and tools that only pretend. */

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const checkout = join(import.meta.dirname, '..', '..');

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: checkout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const names = (text: string): string[] => text.split('\0').filter(name => name !== '');

/** Why there can be no clone here; undefined when there can. */
export const noClone = ((): string | undefined => {
  try {
    git('rev-parse', '--verify', 'HEAD');
    return undefined;
  } catch {
    return 'this is no git checkout, or git is not there';
  }
})();

const folders: string[] = [];

// Clones with packages are tens of thousands of files, and the disk may be busy.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** A folder until the test file's end; everybody may look into it. */
export const temporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dynamo-installer-clone-')));
  folders.push(folder);
  chmodSync(folder, 0o755);
  return folder;
};

/** A clone of the last commit, with what has changed since laid over it: what a clone will be after the next commit. */
export const cloneCheckout = (name = 'clone'): string => {
  const folder = join(temporaryFolder(), name);
  git('clone', '--quiet', checkout, folder);
  const changed = names(git('diff', '--name-only', '-z', 'HEAD'));
  const added = names(git('ls-files', '--others', '--exclude-standard', '-z'));
  for (const file of [...changed, ...added]) {
    const from = join(checkout, file);
    if (existsSync(from)) cpSync(from, join(folder, file), { recursive: true });
    else rmSync(join(folder, file), { force: true });
  }
  return folder;
};

const linkFile = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
};

const linkTree = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else linkFile(source, target);
  }
};

type Lock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };

/** Puts the packages that a run needs into `folder`, as `npm ci --omit=dev` would leave them, without a registry. */
export const linkPackages = (folder: string): void => {
  const lock = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, entry] of Object.entries(lock.packages)) {
    const from = join(checkout, path);
    if (path !== '' && entry.dev !== true && existsSync(from)) {
      linkTree(from, join(folder, path.replace(/^node_modules\//, '')));
    }
  }
  copyFileSync(join(checkout, 'node_modules', '.package-lock.json'), join(folder, '.package-lock.json'));
};

/** A folder for the PATH that holds nothing but these tools of this computer. */
export const onlyTools = (...tools: readonly string[]): string => {
  const folder = temporaryFolder();
  for (const tool of tools) {
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .map(part => join(part, tool))
      .find(existsSync);
    const target = tool === 'node' ? process.execPath : found;
    if (target !== undefined) symlinkSync(target, join(folder, tool));
  }
  return folder;
};

/** A folder for the front of the PATH with one tool that only pretends. `body` is for a POSIX shell. */
export const fakeTool = (name: string, body: string): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n# A fake ${name}, for a test.\n${body}\n`, { mode: 0o755 });
  return folder;
};

export const inFront = (folder: string): Readonly<Record<string, string>> => ({
  PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
});

export type Start = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another user's id; only root may. */
  readonly uid?: number;
};

export type Launched = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** The variables of the test runner would make the program behave as in a test. */
const plainEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(npm_|VITEST|NODE_OPTIONS|NODE_ENV)/i.test(entry[0]),
    ),
  );

/** Starts a launcher without a terminal. Its exit code is 128 and the signal's number when a signal ended it. */
export const launch = (cli: string, args: readonly string[], start: Start = {}): Promise<Launched> =>
  new Promise((resolve, reject) => {
    const { cwd = dirname(cli), env = {}, uid } = start;
    const child = spawn(cli, args, {
      cwd,
      env: { ...plainEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', chunk => {
      text.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', chunk => {
      text.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 128, ...text }));
  });
