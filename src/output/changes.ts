/** What a change does, as lines: settings with both values, then the pods of each role. */

import type { SettingChange } from '../core/changed-settings.ts';
import type { RoleChange } from '../core/changes.ts';
import { flagOf, type Value } from '../core/schema.ts';
import { listed } from '../core/text.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

const shown = (value: Value): string => {
  if (value === null) return 'not set';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(' ') : String(value);
};

const settingName = (key: string): string => flagOf(key).slice(2);

/** A label in a column of its own, its text wrapped beside it. */
const row = (label: string, width: number, text: string, columns: number): string[] => {
  const indent = width + 4;
  const [first = '', ...more] = wrap(text, columns - indent);
  return [`  ${label.padEnd(width)}  ${first}`, ...more.map(line => ' '.repeat(indent) + line)];
};

export const settingLines = (changes: readonly SettingChange[], columns: number): string[] => {
  const width = Math.max(0, ...changes.map(({ key }) => settingName(key).length));
  return changes.flatMap(({ key, before, after }) =>
    row(settingName(key), width, `${shown(before)} -> ${shown(after)}`, columns),
  );
};

const pods = (count: number): string => `${count} pod${count === 1 ? '' : 's'}`;

const numbers = (before: number, after: number): string =>
  before === after ? pods(after) : `${before} -> ${pods(after)}`;

/** `2 pods replaced (image, arguments)` */
const fateText = ({ fate, before, after, reasons }: RoleChange): string => {
  switch (fate) {
    case 'kept':
      return `${pods(after)} kept`;
    case 'scaled':
      return `${numbers(before, after)}, none restarted`;
    case 'replaced':
      return `${numbers(before, after)}, all replaced (${listed(reasons)})`;
    case 'added':
      return `${pods(after)} ${after === 1 ? 'comes' : 'come'}`;
    default:
      return `${pods(before)} ${before === 1 ? 'goes' : 'go'}`;
  }
};

export const roleLines = (changes: readonly RoleChange[], paint: Paint, columns: number): string[] => {
  const width = Math.max(0, ...changes.map(({ role }) => role.length));
  return changes.flatMap(change => [
    ...row(change.role, width, fateText(change), columns),
    ...change.details.flatMap(detail => row('', width, detail, columns).map(paint.dim)),
  ]);
};
