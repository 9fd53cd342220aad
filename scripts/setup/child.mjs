// Runs a tool to its end and keeps what it said.

import { spawn } from 'node:child_process';

/** A tool's talk is kept up to this many characters of its end. */
const kept = 200_000;

const collected = stream => {
  let text = '';
  stream?.setEncoding('utf8').on('data', chunk => {
    text = (text + chunk).slice(-kept);
  });
  return () => text;
};

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, signal?: AbortSignal, onStart?: (pid: number) => void, env?: NodeJS.ProcessEnv }} options when the signal
 *   aborts, the tool is asked to end and is waited for
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>} errors: what spawn throws,
 *   such as ENOENT
 */
export const runTool = (command, args, { cwd, signal, onStart, env = process.env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout = collected(child.stdout);
    const stderr = collected(child.stderr);
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    child.on('spawn', () => {
      onStart?.(child.pid);
      if (signal?.aborted) stop();
    });
    child.on('error', reject);
    child.on('close', (code, ended) => {
      signal?.removeEventListener('abort', stop);
      resolve({ code, signal: ended, stdout: stdout(), stderr: stderr() });
    });
  });
