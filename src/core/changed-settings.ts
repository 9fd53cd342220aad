/** Which settings differ between two complete sets of answers. */

import type { SettingTable, Value } from './schema.ts';
import { applies, type Values } from './settings.ts';

export type SettingChange = {
  readonly key: string;
  /** Null where it is not set, or means nothing with the other settings. */
  readonly before: Value;
  readonly after: Value;
};

export const isSameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const meant = (table: SettingTable, key: string, values: Values): Value =>
  applies(table, key, values) ? (values[key] ?? null) : null;

/** In the table's order. */
export const changedSettings = (table: SettingTable, before: Values, after: Values): SettingChange[] =>
  Object.keys(table)
    .map(key => ({ key, before: meant(table, key, before), after: meant(table, key, after) }))
    .filter(one => !isSameValue(one.before, one.after));
