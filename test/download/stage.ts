/** Owns what nearly every test of the download needs: a Hub, an empty folder, and the script started against both. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import { pythonEnvironment } from '../kit/python.ts';
import { type Hub, startHub } from './hub.ts';
import { type Repository, repository, type Tree } from './repository.ts';
import { type Ended, type Line, type Running, type Script, scratch, start } from './script.ts';

export type Marker = {
  readonly model: string;
  readonly revisions: readonly string[];
  readonly commit: string | null;
  readonly bytes: number;
  readonly files: Readonly<Record<string, number>>;
};

export type Stage = {
  readonly hub: Hub;
  /** MODEL_DIR */
  readonly folder: string;
  readonly begin: (env?: Record<string, string>, script?: Script) => Running;
  readonly run: (env?: Record<string, string>, script?: Script) => Promise<Ended>;
  readonly marker: () => Marker | undefined;
  readonly put: (path: string, content: string | Buffer) => void;
  readonly read: (path: string) => Buffer;
  /** Paths of the model's files, without what the library and the script keep for themselves. */
  readonly files: () => string[];
  /** Paths of partial files, wherever they lie. */
  readonly leftovers: () => string[];
};

/** The library before and since it changed its HTTP client and its exceptions. */
export const LIBRARIES = await Promise.all(
  ['huggingface-hub-0.36', 'huggingface-hub-1.22'].map(async name => {
    const environment = await pythonEnvironment(`${name}.txt`);
    const title =
      environment.kind === 'ready'
        ? name
        : `${name}: skipped, because ${environment.reason} ${environment.remedy}`;
    return {
      name,
      title,
      python: environment.kind === 'ready' ? environment.python : undefined,
    };
  }),
);

/** Sets the stage; everything on it is gone, and every script on it has ended, after the test. */
export async function setStage(
  test: TestContext,
  python: string | undefined,
  repositories: readonly Repository[] = [repository()],
  tokens: readonly string[] = [],
): Promise<Stage> {
  const { folder: top, remove } = scratch();
  test.onTestFinished(remove);
  const hub = await startHub(repositories, tokens);
  test.onTestFinished(hub.close);
  const folder = join(top, 'models', 'acme', 'tiny');
  const base = {
    MODEL_ID: 'acme/tiny',
    MODEL_DIR: folder,
    HF_ENDPOINT: hub.url,
    HF_HOME: join(top, 'hub'),
    HOME: top,
    HF_HUB_DISABLE_XET: '1',
    FREE_SPACE_MARGIN: '0',
    RETRY_SECONDS: '0.05',
    PROGRESS_SECONDS: '0.1',
    INTERVAL: '0.05',
  };
  const begin = (env: Record<string, string> = {}, script: Script = 'download.py') => {
    const running = start(python ?? 'python3', script, { ...base, ...env });
    test.onTestFinished(async () => {
      running.kill('SIGKILL');
      await running.end;
    });
    return running;
  };
  const markerFile = join(folder, '.dynamo-installer', 'complete.json');
  return {
    hub,
    folder,
    begin,
    run: (env, script) => begin(env, script).end,
    marker: () =>
      existsSync(markerFile) ? (JSON.parse(readFileSync(markerFile, 'utf8')) as Marker) : undefined,
    put: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    read: path => readFileSync(join(folder, path)),
    files: () => filesIn(folder).filter(path => !/^\.(cache|dynamo-installer)\//.test(path)),
    leftovers: () => filesIn(folder).filter(path => path.endsWith('.incomplete')),
  };
}

/** Fills the folder as if somebody had copied the model there. */
export function putTree(stage: Stage, tree: Tree): void {
  for (const [path, content] of Object.entries(tree)) stage.put(path, content);
}

/** The names of the events in order, runs of the same one counted once, progress left out. */
export function story(lines: readonly Line[]): string[] {
  const events = lines.map(line => line.event).filter(event => event !== 'progress');
  return events.filter((event, index) => event !== events[index - 1]);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, {
    recursive: true,
    withFileTypes: true,
  }).filter(entry => entry.isFile());
  return entries.map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
