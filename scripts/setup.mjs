// Makes a checkout ready to run: installs the packages and builds, once, whoever asks and however many ask at once.

import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from './setup/child.mjs';
import { failureText, folderFailure, interrupted, SetupError } from './setup/failure.mjs';
import { isInstalled, wantedPackages } from './setup/installed.mjs';
import { withLock } from './setup/lock.mjs';
import { installArguments, npmFailure, npmMissing } from './setup/npm.mjs';
import { withProgress } from './setup/progress.mjs';
import { dateStamp, fingerprint } from './stamp.mjs';

export const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');

const stampFile = root => join(root, 'dist', 'stamp');

const builtFrom = root => {
  try {
    return readFileSync(stampFile(root), 'utf8').trim();
  } catch {
    return '';
  }
};

/** Whether dist/ was built from what is there now. If so its stamp is dated now, so that the next start need not look. */
const isBuilt = root => {
  const now = Date.now();
  if (!existsSync(join(root, 'dist', 'cli.cjs')) || builtFrom(root) !== fingerprint(root)) return false;
  try {
    dateStamp(stampFile(root), now);
  } catch {
    // A checkout of somebody else: it works, and is only looked at longer.
  }
  return true;
};

/** Names of `.dist-…`, what a killed set-up left behind, are removed when they are this old, in milliseconds. */
const leftOver = 60 * 60 * 1000;

const sweep = (root, lock) => {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (!name.startsWith('.dist-') || path === lock) continue;
    if (Date.now() - statSync(path, { throwIfNoEntry: false })?.mtimeMs > leftOver)
      rmSync(path, { recursive: true, force: true });
  }
};

const install = async (root, all, run) => {
  const text = `Installing ${wantedPackages(root, all).length} packages with npm`;
  const ended = await withProgress(run.out, text, () => run.tool('npm', installArguments(all))).catch(
    error => {
      throw error.syscall?.startsWith('spawn') ? npmMissing(error) : error;
    },
  );
  if (ended.code !== 0) throw npmFailure(ended);
};

const build = async (root, run) => {
  const ended = await withProgress(run.out, 'Building', () =>
    run.tool(process.execPath, [join(root, 'scripts', 'build.mjs')]),
  );
  if (ended.code === 0) return;
  const [first = '', ...rest] = ended.stderr
    .trimEnd()
    .replace(/^error: /, '')
    .split('\n');
  throw new SetupError(first === '' ? `The build ended with ${ended.signal ?? ended.code}.` : first, {
    lines: rest.slice(0, 5),
    code: ended.code ?? 70,
  });
};

const isReady = (root, all) => isBuilt(root) && (!all || isInstalled(root, true));

const bringUp = async (root, all, run) => {
  // Before the build: its stamp is then newer than this change of src.
  mkdirSync(join(root, 'src', 'generated'), { recursive: true });
  const first = builtFrom(root) === '' || !isInstalled(root, all);
  run.say(first ? 'First use: installing and building, once.' : 'The sources have changed: building again.');
  if (!isInstalled(root, all)) await install(root, all, run);
  if (!isBuilt(root)) await build(root, run);
};

/**
 * @param {string} root the checkout
 * @param {{ all: boolean, signal: AbortSignal, out: { stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv } }} options `all` installs
 *   what the tests need too
 * @returns {Promise<void>} errors: SetupError
 */
export const setUp = async (root, { all, signal, out }) => {
  if (isReady(root, all)) return;
  const lock = join(root, '.dist-lock');
  const say = line => out.stream.write(`${line}\n`);
  const wait = pid => say(`Process ${pid} is setting this checkout up; waiting for it.`);
  try {
    await withLock(lock, { wait, signal }, async alsoFor => {
      sweep(root, lock);
      const tool = (command, args) =>
        runTool(command, args, { cwd: root, signal, onStart: alsoFor, env: out.env });
      if (!isReady(root, all)) await bringUp(root, all, { say, out, tool });
    });
  } catch (error) {
    throw folderFailure(root, error);
  }
};

const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Runs `work` with a signal that aborts on Ctrl-C and its like; then its errors count for nothing, the exit code is 130. */
export const interruptible = async work => {
  const stop = new AbortController();
  for (const [name, code] of Object.entries(signals)) process.on(name, () => stop.abort(interrupted(code)));
  try {
    return await work(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  }
};

/** Says what went wrong and returns the exit code. */
export const report = error => {
  if (!(error instanceof SetupError)) {
    process.stderr.write(`error: Setting up failed.\n${error.stack}\n`);
    return 70;
  }
  process.stderr.write(`${failureText(error)}\n`);
  return error.code;
};

const isProgram = () =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);

if (isProgram()) {
  interruptible(signal =>
    setUp(checkout, { all: false, signal, out: { stream: process.stderr, env: process.env } }),
  ).catch(error => {
    process.exitCode = report(error);
  });
}
