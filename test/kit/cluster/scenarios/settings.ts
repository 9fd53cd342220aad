/** Owns saying a story's settings in the program's own flags: the one place that knows both. */

import { join } from 'node:path';
import type { Json, Story } from './story.ts';

const FLAGS: Readonly<Record<string, string>> = {
  model: '--model',
  mode: '--mode',
  name: '--name',
  namespace: '--namespace',
  replicas: '--replicas',
  tp: '--tensor-parallel-size',
  pp: '--pipeline-parallel-size',
  prefillReplicas: '--prefill-replicas',
  prefillTp: '--prefill-tensor-parallel-size',
  prefillPp: '--prefill-pipeline-parallel-size',
  decodeReplicas: '--decode-replicas',
  decodeTp: '--decode-tensor-parallel-size',
  decodePp: '--decode-pipeline-parallel-size',
  extraArgs: '--vllm-args',
  image: '--image',
  release: '--release',
  storageClass: '--storage-class',
  kvbmCpuGb: '--kvbm-cpu-gb',
  kvbmDiskGb: '--kvbm-disk-gb',
  kvbmDiskDir: '--kvbm-disk-dir',
  modelCache: '--model-cache',
  modelRevision: '--model-revision',
};
const SWITCHES: Readonly<Record<string, string>> = {
  kvbm: '--kvbm',
  kvRouter: '--kv-router',
  router: '--kv-router',
  expertParallel: '--expert-parallel',
  createNamespace: '--create-namespace',
};

export const DEFAULT_MODEL = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';
export const DEFAULT_NAMESPACE = 'dynamo-system';

/** Keys that stories write under `config` and the program says by a flag; the value goes into its place. */
const CONFIG_FLAGS: readonly {
  readonly path: RegExp;
  readonly words: (key: string, value: string) => string[];
}[] = [
  { path: /\.dynamoPlatform\.vllm\.sharedMemory$/, words: (_, value) => [`--shared-memory=${value}`] },
  {
    path: /\.dynamoPlatform\.download\.env\.(.+)$/,
    words: (key, value) => ['--download-env', `${key}=${value}`],
  },
];

/** Flags for the keys that have one, and what is left for a config file. */
export function splitConfig(config: Json): { readonly words: string[]; readonly rest: Json | undefined } {
  const leaves = leavesOf(config, '');
  const said = leaves.map(leaf => ({ ...leaf, words: wordsForKey(leaf.path, leaf.value) }));
  const rest = said.filter(leaf => leaf.words === undefined);
  return {
    words: said.flatMap(leaf => leaf.words ?? []),
    rest:
      rest.length > 0
        ? rest.reduce<Json>((all, leaf) => withLeaf(all, leaf.path.split('.').slice(1), leaf.value), {})
        : undefined,
  };
}

function leavesOf(value: unknown, path: string): { path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, `${path}.${key}`));
}

function wordsForKey(path: string, value: unknown): string[] | undefined {
  const found = CONFIG_FLAGS.find(each => each.path.test(path));
  return found?.words(found.path.exec(path)?.[1] ?? '', String(value));
}

function withLeaf(all: Json, [key = '', ...keys]: readonly string[], value: unknown): Json {
  return { ...all, [key]: keys.length === 0 ? value : withLeaf((all[key] ?? {}) as Json, keys, value) };
}

/** The words after `./cli`, or why the story cannot be said with the program's flags. */
export type Wording = { readonly words: readonly string[] } | { readonly cannot: string };

const COMPONENT = ['nvidia-platform', 'dynamo-vllm'];
const JSON_OUTPUT = ['-o', 'json'];

/** Words for the story's command; `folder` holds its files. */
export function wordsFor(story: Story, folder: string): Wording {
  const command = story.command ?? 'install';
  const wording = WORDINGS[command]?.(story, folder) ?? {
    cannot: `no wording is known for the command "${command}"`,
  };
  if ('cannot' in wording) return wording;
  return { words: [...COMPONENT, command, ...wording.words, ...JSON_OUTPUT] };
}

const WORDINGS: Readonly<Record<string, (story: Story, folder: string) => Wording>> = {
  install(story) {
    const flags = installFlags(story.settings);
    return 'cannot' in flags ? flags : { words: [...flags.words, '--action', 'deploy', '--yes'] };
  },
  apply(story, folder) {
    const file = Object.keys(story.files ?? {})[0];
    return file
      ? { words: [join(folder, file), '--yes'] }
      : { cannot: 'the story applies a file but has none' };
  },
  uninstall: story => ({ words: [...named(story), '--yes'] }),
  verify: story => ({ words: named(story) }),
  status: story => ({ words: named(story) }),
  diagnose: story => ({ words: named(story) }),
};

function named({ settings }: Story): string[] {
  return [String(settings.name ?? ''), '--namespace', String(settings.namespace ?? DEFAULT_NAMESPACE)];
}

function installFlags(settings: Story['settings']): Wording {
  const all: Record<string, unknown> = {
    model: DEFAULT_MODEL,
    mode: 'aggregated',
    namespace: DEFAULT_NAMESPACE,
    ...settings,
  };
  const unknown = Object.keys(all).filter(key => !(key in FLAGS) && !(key in SWITCHES));
  if (unknown.length > 0) return { cannot: `no flag is known for the setting ${unknown.join(', ')}` };
  const words = Object.entries(all).flatMap(([key, value]) => {
    const flag = FLAGS[key];
    // One word: a value may begin with a dash.
    if (flag) return [`${flag}=${String(value)}`];
    const name = SWITCHES[key] ?? '';
    return [value ? name : name.replace('--', '--no-')];
  });
  return { words };
}
