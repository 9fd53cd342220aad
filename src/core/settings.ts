/** Lays the layers of answers over each other; each value knows which layer it came from. */

import type { Finding } from './finding.ts';
import { flagOf, type SettingTable, type Value } from './schema.ts';
import { listed, shown } from './text.ts';

/** Lowest first. `deployment`: the answers of one that is there, which is being changed. `derived` stands for a value that the program worked out from the others. */
export const layerNames = [
  'default',
  'config.json',
  'config.local.json',
  'deployment',
  'environment',
  'answers file',
  'flag',
  'prompt',
] as const;

export type LayerName = (typeof layerNames)[number] | 'derived';

export type Values = Readonly<Record<string, Value>>;

export type Layer = {
  readonly name: LayerName;
  /** Only what this layer says. */
  readonly values: Values;
};

export type Settled = {
  /** Every key of the table. */
  readonly values: Values;
  readonly layers: Readonly<Record<string, LayerName>>;
};

/** Layers in ascending order; the last that names a key wins. */
export const settle = (table: SettingTable, layers: readonly Layer[]): Settled => {
  const values: Record<string, Value> = {};
  const from: Record<string, LayerName> = {};
  for (const [key, spec] of Object.entries(table)) {
    const winner = layers.findLast(layer => layer.values[key] !== undefined);
    values[key] = winner?.values[key] ?? spec.default;
    from[key] = winner?.name ?? 'default';
  }
  return Object.freeze({ values: Object.freeze(values), layers: Object.freeze(from) });
};

/** Whether a setting means anything given the others. */
export const applies = (table: SettingTable, key: string, values: Values): boolean => {
  const needs = table[key]?.needs;
  return needs === undefined || (values[needs.key] ?? table[needs.key]?.default) === needs.value;
};

const written: readonly LayerName[] = ['environment', 'answers file', 'flag'];

/** Whether a person, a flag, a variable or an answers file said it, not a default or config.json. */
export const isExplicit = (settled: Settled, key: string): boolean => {
  const layer = settled.layers[key];
  return layer === 'prompt' || (layer !== undefined && written.includes(layer));
};

const needed = (key: string, value: Value): string => {
  if (value === true) return flagOf(key);
  return value === false ? `--no-${flagOf(key).slice(2)}` : `${flagOf(key)} ${String(value)}`;
};

const misplaced = (table: SettingTable, settled: Settled, key: string): Finding | undefined => {
  const needs = table[key]?.needs;
  if (needs === undefined) return undefined;
  const twins = (needs.instead ?? []).map(flagOf);
  const otherwise = `it only has a meaning with ${needed(needs.key, needs.value)}`;
  return {
    rule: 'setting-not-applicable',
    level: 'error',
    path: key,
    message: `${flagOf(key)} is given, but ${otherwise}, and ${flagOf(needs.key)} is ${shown(settled.values[needs.key])}.`,
    hint:
      twins.length > 0
        ? `Use ${listed(twins, 'and')} instead.`
        : `Add ${needed(needs.key, needs.value)}, or leave ${flagOf(key)} out.`,
  };
};

/** What was said for a mode or a feature that is not chosen. Prompts never ask for such a thing, so theirs are left alone. */
export const misplacedSettings = (table: SettingTable, settled: Settled): Finding[] =>
  Object.keys(table)
    .filter(key => written.includes(settled.layers[key] ?? 'default') && !applies(table, key, settled.values))
    .map(key => misplaced(table, settled, key))
    .filter(finding => finding !== undefined);
