/** Owns the Python environment of the real frontend: made once from PyPI, kept in the cache. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { CannotBuild, cacheRoot, repositoryRoot } from '../control/binaries.ts';
import { withLock } from '../control/lock.ts';

/** An environment that can run `python -m dynamo.frontend`. */
export type PythonEnvironment = { readonly python: string; readonly release: string };

type Packages = { readonly release: string; readonly beside: readonly string[] };
const run = promisify(execFile);

/** Makes the environment of `release` (the pinned one when absent) or finds it in the cache; throws CannotBuild. */
export async function ensureEnvironment(
  release: string | undefined,
  say: (line: string) => void,
): Promise<PythonEnvironment> {
  const packages = readPackages();
  const wanted = release ?? packages.release;
  const base = await findPython();
  const key = createHash('sha256')
    .update(JSON.stringify([packages.beside, base.version]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheRoot(), 'frontend', `${wanted}-${key}`);
  const found = { python: join(folder, 'bin', 'python'), release: wanted };
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return found;
  mkdirSync(join(cacheRoot(), 'frontend'), { recursive: true });
  await withLock(`${folder}.lock`, say, async () => {
    if (existsSync(stamp)) return;
    say(`Installing the real Dynamo frontend ${wanted} from PyPI (once, about a minute).`);
    rmSync(folder, { recursive: true, force: true });
    await install(base.file, folder, wanted, packages);
    writeFileSync(stamp, '');
  });
  return found;
}

/** Why there can be no frontend here, or `undefined`. */
export async function whyNoFrontend(): Promise<CannotBuild | undefined> {
  try {
    await findPython();
    return undefined;
  } catch (error) {
    return error as CannotBuild;
  }
}

function readPackages(): Packages {
  const file = join(repositoryRoot(), 'test', 'kit', 'cluster', 'frontend', 'packages.yaml');
  return parse(readFileSync(file, 'utf8')) as Packages;
}

async function findPython(): Promise<{ file: string; version: string }> {
  for (const file of ['python3', 'python']) {
    const version = await versionOf(file);
    if (version && Number(version.split('.')[1]) >= 10) return { file, version };
  }
  throw new CannotBuild(
    'Python 3.10 or newer with venv was not found, and the real Dynamo frontend needs it.',
    'Install Python 3 with its venv module (on Debian and Ubuntu: python3 and python3-venv) and try again.',
  );
}

async function versionOf(file: string): Promise<string | undefined> {
  try {
    const program = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
    return (await run(file, ['-c', program])).stdout.trim();
  } catch {
    return undefined;
  }
}

async function install(python: string, folder: string, release: string, packages: Packages): Promise<void> {
  const own = [`ai-dynamo==${release}`, `ai-dynamo-runtime==${release}`];
  const pip = (...args: string[]) =>
    run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '-q', ...args]);
  try {
    await run(python, ['-m', 'venv', folder]);
    await pip('--no-deps', ...own);
    await pip(...packages.beside);
  } catch (error) {
    const words =
      (error as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join('\n') ?? String(error);
    throw new CannotBuild(
      `The Dynamo frontend ${release} could not be installed from PyPI: ${words}`,
      'Check that "pip install ai-dynamo" can reach a package index from here, then try again.',
    );
  }
}
