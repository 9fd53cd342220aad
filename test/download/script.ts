/** Owns running the two scripts of the pods the way a pod does: `python3 -c <text>`, an environment, and lines of JSON. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARTIALS = fileURLToPath(
  new URL('../../templates/nvidia-platform/dynamo-vllm/partials/', import.meta.url),
);

/** One line of a script's output. */
export type Line = {
  readonly at: string;
  readonly event: string;
  readonly [field: string]: unknown;
};

/** A script at work. */
export type Running = {
  readonly lines: readonly Line[];
  /** Resolves with the first line, past or to come, that fits; rejects when the script ends without one. */
  readonly line: (fits: (line: Line) => boolean) => Promise<Line>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly end: Promise<Ended>;
};

/** A script that has ended; `text` is all it wrote, on both streams. */
export type Ended = {
  readonly code: number | null;
  readonly lines: readonly Line[];
  readonly text: string;
  readonly errors: string;
};

export type Script = 'download.py' | 'wait.py';

/** The text of a script, as it is put into a manifest. */
export function scriptText(script: Script): string {
  return readFileSync(join(PARTIALS, script), 'utf8');
}

/** Starts a script with exactly these variables, nothing inherited. */
export function start(python: string, script: Script, env: Readonly<Record<string, string>>): Running {
  const child = spawn(python, ['-c', scriptText(script)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  const wrote = { out: '', err: '', ended: false };
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  child.stderr.on('data', chunk => {
    wrote.err += chunk;
  });
  child.stdout.on('data', chunk => {
    wrote.out += chunk;
    lines.splice(0, lines.length, ...parse(wrote.out));
    wake();
  });
  const end = new Promise<Ended>(resolve => {
    child.on('close', code => {
      wrote.ended = true;
      wake();
      resolve({ code, lines, text: wrote.out + wrote.err, errors: wrote.err });
    });
  });
  const line = (fits: (line: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const look = () => {
        const found = lines.find(fits);
        if (!found && !wrote.ended) return;
        waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`The script ended without that line: ${wrote.out}${wrote.err}`));
      };
      waiting.add(look);
      look();
    });
  return { lines, line, kill: signal => child.kill(signal), end };
}

/** Lines that are not JSON are kept as an event of their own, so that no test can overlook them. */
function parse(output: string): Line[] {
  const whole = output.split('\n').slice(0, -1);
  return whole.map(line => {
    try {
      return JSON.parse(line) as Line;
    } catch {
      return { at: '', event: 'not-json', line };
    }
  });
}

/** A folder for one test, and what removes it. */
export function scratch(): {
  readonly folder: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
