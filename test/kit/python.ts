/** Owns the Python environments of the tests: made once per list of pinned packages, kept in `.cache` of the checkout. */

import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Python with the wanted packages, or why there is none here and what to do about it. */
export type PythonEnvironment =
  | { readonly kind: 'ready'; readonly python: string }
  | {
      readonly kind: 'missing';
      readonly reason: string;
      readonly remedy: string;
    };

type Interpreter = { readonly command: string; readonly version: string };

const run = promisify(execFile);
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const OLDEST = [3, 10] as const;

/**
 * The environment for one file of pinned packages in test/kit/python, made on first use (seconds, from PyPI).
 * Two tests that ask at once each make one, and the first to finish is kept.
 * Never throws for what this computer lacks: it returns, and prints on stderr, the reason and the remedy.
 */
export async function pythonEnvironment(requirements: string): Promise<PythonEnvironment> {
  const environment = await findOrMake(join(CHECKOUT, 'test', 'kit', 'python', requirements));
  if (environment.kind === 'missing') {
    process.stderr.write(
      `\nSKIPPED, no Python environment for ${requirements}: ${environment.reason} ${environment.remedy}\n\n`,
    );
  }
  return environment;
}

async function findOrMake(requirements: string): Promise<PythonEnvironment> {
  const interpreter = await findInterpreter();
  if (!interpreter) {
    return missing(
      `python3 of version ${OLDEST.join('.')} or newer was not found.`,
      'Install it so that "python3" is on the PATH.',
    );
  }
  const folder = folderFor(requirements, interpreter);
  if (existsSync(folder)) return { kind: 'ready', python: pythonIn(folder) };
  return makeAt(folder, requirements, interpreter);
}

async function findInterpreter(): Promise<Interpreter | undefined> {
  try {
    const code = 'import sys; print(".".join(map(str, sys.version_info[:3])))';
    const version = (await run('python3', ['-c', code])).stdout.trim();
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major === OLDEST[0] && minor >= OLDEST[1] ? { command: 'python3', version } : undefined;
  } catch {
    return undefined;
  }
}

function folderFor(requirements: string, interpreter: Interpreter): string {
  const key = createHash('sha256')
    .update(interpreter.version)
    .update(readFileSync(requirements))
    .digest('hex');
  return join(CHECKOUT, '.cache', 'python', `${basename(requirements, '.txt')}-${key.slice(0, 12)}`);
}

/** Made under a name of its own and renamed when whole, so a broken or a simultaneous attempt is never seen. */
async function makeAt(
  folder: string,
  requirements: string,
  interpreter: Interpreter,
): Promise<PythonEnvironment> {
  const fresh = `${folder}.${randomUUID()}`;
  mkdirSync(join(folder, '..'), { recursive: true });
  try {
    await run(interpreter.command, ['-m', 'venv', fresh]);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '-r',
      requirements,
    ];
    await run(pythonIn(fresh), pip);
    keep(fresh, folder);
    return { kind: 'ready', python: pythonIn(folder) };
  } catch (error) {
    return missing(
      `The packages could not be installed: ${lastLine(error)}`,
      'Python needs its venv module (Debian: python3-venv) and a way to PyPI or a mirror of it.',
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function keep(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function pythonIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

function missing(reason: string, remedy: string): PythonEnvironment {
  return { kind: 'missing', reason, remedy };
}

function lastLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
