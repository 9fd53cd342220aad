/** Owns one `go build` of pinned modules, with progress and the time left. */

import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A folder with go.mod and go.sum, and the programs to build from it; the linker flags give them their version. */
export type GoTarget = {
  readonly folder: string;
  readonly programs: readonly {
    readonly name: string;
    readonly package: string;
  }[];
  readonly ldflags: string;
};

/** The `go` program: on the PATH, or where its own installer puts it. */
export function findGo(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin'];
  return folders.map(folder => join(folder, 'go')).find(canRun);
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Builds every program of the target into `into`; throws with Go's own words when it fails. */
export async function buildWithGo(
  go: string,
  target: GoTarget,
  into: string,
  say: (line: string) => void,
): Promise<void> {
  mkdirSync(into, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  const packages = target.programs.map(program => program.package);
  const names = target.programs.map(program => program.name).join(', ');
  const flags = ['-trimpath', `-ldflags=${target.ldflags}`];
  say(`Building ${names} (once): fetching the source.`);
  const total = await countStale(go, [...flags, ...packages], target.folder, env);
  const progress = progressOf(names, total, say);
  for (const program of target.programs) {
    const out = join(into, program.name);
    await run(go, ['build', '-v', ...flags, '-o', out, program.package], target.folder, env, progress);
  }
  say(`Built ${names}.`);
}

async function countStale(go: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const list = ['list', '-deps', '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', ...args];
  const { stdout } = await promisify(execFile)(go, list, {
    cwd,
    env,
    maxBuffer: 1 << 24,
  });
  return stdout.split('\n').filter(line => line !== '').length;
}

function progressOf(names: string, total: number, say: (line: string) => void): (line: string) => void {
  const start = Date.now();
  let done = 0;
  let lastSaid = start;
  return () => {
    done += 1;
    const now = Date.now();
    if (now - lastSaid < 5000) return;
    lastSaid = now;
    const left = Math.max(0, ((now - start) / done) * (total - done));
    say(`Building ${names}: ${Math.min(done, total)} of ${total} packages, about ${minutes(left)} left.`);
  };
}

function minutes(milliseconds: number): string {
  return milliseconds < 60_000 ? 'a minute' : `${Math.ceil(milliseconds / 60_000)} minutes`;
}

function run(
  file: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', line => {
      lines.push(line);
      onLine(line);
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`go build failed (exit code ${code}):\n${lines.slice(-20).join('\n')}`));
    });
  });
}
