/** config.json: the operator's defaults, by platform. */

import type { Finding } from './finding.ts';
import { readValue } from './parse.ts';
import type { SettingTable, Spec, Value } from './schema.ts';
import { nearest } from './suggest.ts';
import { shown } from './text.ts';

/** The word that stands for `eks` or `k8s` in a setting's config path. */
const platformWord = '<platform>';
const fallbackPlatform = 'eks';
export const platforms = ['eks', 'k8s'] as const;

/** Says where a path stands, such as `config.json:12`. */
export type Locate = (path: readonly string[]) => string;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lookUp = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, word) => (isRecord(at) ? at[word] : undefined), data);

const pathsOf = (spec: Spec, platform: string): string[][] => {
  const own = spec.config.split('.').map(word => (word === platformWord ? platform : word));
  const fallback = spec.config.split('.').map(word => (word === platformWord ? fallbackPlatform : word));
  return [own, fallback];
};

/** The values that a config says for a platform; a key missing there is taken from `platform.eks`. */
export const configValues = (table: SettingTable, data: unknown, platform: string): Record<string, Value> => {
  const values: Record<string, Value> = {};
  for (const [key, spec] of Object.entries(table)) {
    const said = pathsOf(spec, platform)
      .map(path => lookUp(data, path))
      .find(value => value !== undefined);
    const read = said === undefined ? undefined : readValue(spec, said);
    if (read !== undefined && 'value' in read) values[key] = read.value;
  }
  return values;
};

type Tree = { readonly [word: string]: Tree | Spec };

const isSpec = (node: Tree | Spec | undefined): node is Spec =>
  node !== undefined && typeof node.config === 'string';

const plant = (tree: Record<string, unknown>, path: readonly string[], spec: Spec): void => {
  const [word = '', ...rest] = path;
  if (rest.length === 0) {
    tree[word] = spec;
    return;
  }
  const branch = isRecord(tree[word]) ? tree[word] : {};
  tree[word] = branch;
  plant(branch, rest, spec);
};

const treeOf = (table: SettingTable): Tree => {
  const tree: Record<string, unknown> = {};
  for (const spec of Object.values(table)) {
    for (const platform of platforms) {
      plant(
        tree,
        spec.config.split('.').map(word => (word === platformWord ? platform : word)),
        spec,
      );
    }
  }
  return tree as Tree;
};

const unknownKey = (
  path: readonly string[],
  word: string,
  known: readonly string[],
  locate: Locate,
): Finding => {
  const guess = nearest(word, known);
  return {
    rule: 'config-unknown-key',
    level: 'error',
    path: locate([...path, word]),
    message: `${shown([...path, word].join('.'))} is not a key of config.json.`,
    hint: guess === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${guess}"?`,
  };
};

const checkLeaf = (spec: Spec, value: unknown, path: readonly string[], locate: Locate): Finding[] => {
  const read = readValue(spec, value);
  if ('value' in read) return [];
  return [
    {
      rule: 'config-wrong-value',
      level: 'error',
      path: locate(path),
      message: `${path.join('.')}: ${read.problem}`,
      hint: spec.summary.endsWith('.') ? spec.summary : `It is: ${spec.summary}.`,
    },
  ];
};

const checkNode = (tree: Tree, data: unknown, path: readonly string[], locate: Locate): Finding[] => {
  if (!isRecord(data)) {
    const message = `${path.length === 0 ? 'The file' : path.join('.')} is ${shown(data)}, not an object in braces.`;
    return [
      {
        rule: 'config-wrong-value',
        level: 'error',
        path: locate(path),
        message,
        hint: 'See docs/config.schema.json.',
      },
    ];
  }
  return Object.entries(data).flatMap(([word, value]) => {
    const node = Object.hasOwn(tree, word) ? tree[word] : undefined;
    if (node === undefined) {
      return path.length === 0 && word === '$schema'
        ? []
        : [unknownKey(path, word, Object.keys(tree), locate)];
    }
    return isSpec(node)
      ? checkLeaf(node, value, [...path, word], locate)
      : checkNode(node, value, [...path, word], locate);
  });
};

/** Unknown keys and wrong values of a config file, each with its place. */
export const checkConfig = (table: SettingTable, data: unknown, locate: Locate): Finding[] =>
  checkNode(treeOf(table), data, [], locate);
