/** Owns running the program from outside, as a user does, and writing down what it says and when. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Said } from './judge.ts';

/** What a run of the program left behind; times in seconds after its start. */
export type ProgramRun = {
  readonly findings: Said[];
  readonly lines: string[];
  verdict: string | undefined;
  /** Milliseconds of the clock at the start. */
  readonly startedAt: number;
  /** Resolves with the exit code, or `undefined` when it was ended. */
  readonly ended: Promise<number | undefined>;
  /** Interrupts it as Ctrl-C does, and more firmly three seconds later. */
  stop(): void;
};

/** Starts the program with these words; the environment is exactly what is given, plus PATH. */
export function startProgram(
  program: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ProgramRun {
  const child = spawn(program, [...words], {
    cwd,
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: ProgramRun = {
    findings: [],
    lines: [],
    verdict: undefined,
    startedAt: Date.now(),
    ended: new Promise(resolve => {
      child.once('error', () => resolve(undefined));
      child.once('close', code => resolve(code ?? undefined));
    }),
    stop() {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 3000).unref();
    },
  };
  listen(child.stdout, line => take(run, line));
  listen(child.stderr, line => run.lines.push(line));
  return run;
}

function listen(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine);
}

type Line = { kind?: string; finding?: Finding; findings?: Finding[]; verdict?: string };
type Finding = { rule?: string; level?: string; message?: string; hint?: string };

function take(run: ProgramRun, line: string): void {
  run.lines.push(line);
  const parsed = parse(line);
  if (!parsed) return;
  const at = (Date.now() - run.startedAt) / 1000;
  if (parsed.kind === 'result') run.verdict = parsed.verdict;
  for (const finding of [...(parsed.finding ? [parsed.finding] : []), ...(parsed.findings ?? [])])
    add(run, finding, at);
}

function parse(line: string): Line | undefined {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as Line) : undefined;
  } catch {
    return undefined;
  }
}

// The last line repeats the findings of the lines before it.
function add(run: ProgramRun, finding: Finding, at: number): void {
  const { rule = '', level = '', message = '', hint = '' } = finding;
  if (run.findings.some(each => each.rule === rule && each.message === message && each.level === level))
    return;
  run.findings.push({ at, rule, level, message, hint });
}
