/** A comparison as lines: what would become of each object, field by field. */

import { type Comparison, type ObjectComparison, wouldChange } from '../core/comparison.ts';
import { type Difference, differences, isRecord, pathText } from '../core/diff.ts';
import { hiddenValue } from '../core/drift.ts';
import { refText } from '../core/kinds.ts';
import { listed, shown } from '../core/text.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

type Pair = { readonly live: string; readonly here: string };

const isScalarList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every(item => typeof item !== 'object' || item === null);

/** How many items both begin with. */
const sharedStart = (a: readonly unknown[], b: readonly unknown[]): number => {
  const at = a.findIndex((item, index) => item !== b[index]);
  return at < 0 ? Math.min(a.length, b.length) : at;
};

/** The part of two lists of words in which they differ; a value stands with its flag. */
const ofWords = (live: readonly unknown[], here: readonly unknown[]): Pair => {
  const shared = sharedStart(live, here);
  const isFlag = [live[shared], here[shared]].some(word => String(word ?? '-').startsWith('-'));
  const start = isFlag ? shared : Math.max(0, shared - 1);
  const rest = (list: readonly unknown[]): readonly unknown[] => list.slice(shared).reverse();
  const end = sharedStart(rest(live), rest(here));
  const part = (list: readonly unknown[]): string => {
    const words = list
      .slice(start, list.length - end)
      .map(String)
      .join(' ');
    if (words === '') return 'nothing';
    return `${start > 0 ? '... ' : ''}${words}${end > 0 ? ' ...' : ''}`;
  };
  return { live: part(live), here: part(here) };
};

/** Scripts: the first line that differs. */
const ofLines = (live: string, here: string): Pair => {
  const [before, after] = [live.split('\n'), here.split('\n')];
  const at = sharedStart(before, after);
  const line = (lines: readonly string[]): string =>
    `${lines.length} lines, line ${at + 1}: ${shown(lines[at] ?? '')}`;
  return { live: line(before), here: line(after) };
};

const isLong = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');

const count = (number: number, one: string, many: string): string[] =>
  number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];

const some = (value: unknown): string => {
  if (value === undefined) return 'not';
  if (Array.isArray(value))
    return isScalarList(value) ? shown(value) : count((value as unknown[]).length, 'item', 'items').join('');
  return isRecord(value) ? `{ ${Object.keys(value).join(', ')} }` : shown(value);
};

const pairOf = ({ kind, live, here }: Difference): Pair => {
  if (kind === 'order') return { live: String(live), here: `${String(here)} (order)` };
  if (kind === 'changed' && isScalarList(live) && isScalarList(here)) return ofWords(live, here);
  if (isLong(live) && typeof here === 'string') return ofLines(live, here);
  if (isLong(here) && typeof live === 'string') return ofLines(live, here);
  return { live: some(live), here: some(here) };
};

/** More fields than these that come or go together are told by their names only. */
const mostFields = 8;

/** The fields or keyed items of a value, as if they came one by one; the key of an item is told by its path. */
const parts = ({ kind, path, live, here }: Difference): Difference[] => {
  const value = live ?? here;
  const last = path.at(-1);
  const key = typeof last === 'object' ? last.key : undefined;
  return differences(Array.isArray(value) ? [] : {}, value)
    .filter(part => part.path[0] !== key)
    .map(part => ({ kind, path: [...path, ...part.path], live: live && part.here, here: here && part.here }));
};

/** What comes or goes as a whole, field by field. A list that nothing tells apart stays whole. */
const leaves = (found: Difference): Difference[] => {
  const { kind, path, live, here } = found;
  const value = live ?? here;
  const whole = kind === 'changed' || kind === 'order' || typeof value !== 'object' || value === null;
  if (whole || isScalarList(value)) return [found];
  const inner = parts(found);
  const opens = inner.length > 0 && inner.every(part => part.path.length > path.length);
  return opens ? inner.flatMap(leaves) : [found];
};

const expanded = (found: Difference): Difference[] => {
  const inner = leaves(found);
  return inner.length > mostFields ? [found] : inner;
};

/** `spec.services.worker.replicas: 1 live → 2 here`, or on lines of their own where that is too long. */
const changeLines = (found: Difference, paint: Paint, columns: number): string[] => {
  const path = pathText(found.path);
  if (found.live === hiddenValue && found.here === hiddenValue) return [`  ${paint.cyan(path)}: (changed)`];
  const { live, here } = pairOf(found);
  const line = `  ${path}: ${live} live → ${here} here`;
  if (line.length <= columns)
    return [`  ${paint.cyan(path)}: ${paint.red(live)} live → ${paint.green(here)} here`];
  const part = (label: string, text: string): string[] => wrap(`${label}: ${text}`, columns, '    ');
  return [`  ${paint.cyan(path)}`, ...part('live', live), ...part('here', here)];
};

const words = {
  same: 'is the same',
  changed: 'differs',
  created: 'is not there and would be created',
  replaced: 'would be deleted and made anew',
  unread: 'was not compared',
} as const satisfies Record<Exclude<ObjectComparison['state'], 'left'>, string>;

const headline = ({ ref, state, why, managers }: ObjectComparison): string => {
  if (state === 'left') return `${refText(ref)} ${why}`;
  const owners = managers.length === 0 ? '' : ` (${listed(managers)} changed it; applying needs --take-over)`;
  const reason = why === '' ? '' : `: ${why.replace(/\.$/, '')}`;
  return `${refText(ref)} ${words[state]}${reason}${owners}`;
};

const objectLines = (object: ObjectComparison, paint: Paint, columns: number): string[] => {
  const [first = '', ...more] = wrap(headline(object), columns);
  const mark = wouldChange(object) ? paint.bold : paint.dim;
  const changes = object.state === 'created' ? [] : object.changes;
  return [
    mark(first),
    ...more.map(line => mark(`  ${line}`)),
    ...changes.flatMap(expanded).flatMap(found => changeLines(found, paint, columns)),
  ];
};

const inState = ({ objects }: Comparison, ...states: ObjectComparison['state'][]): number =>
  objects.filter(({ state }) => states.includes(state)).length;

/** `1 differs, 1 would be created, 2 are the same.` */
const comparisonTally = (comparison: Comparison): string =>
  `${listed([
    ...count(inState(comparison, 'changed'), 'differs', 'differ'),
    ...count(inState(comparison, 'replaced'), 'would be replaced', 'would be replaced'),
    ...count(inState(comparison, 'created'), 'would be created', 'would be created'),
    ...count(inState(comparison, 'same', 'left'), 'is the same', 'are the same'),
    ...count(inState(comparison, 'unread'), 'was not compared', 'were not compared'),
  ])}.`;

/** What would change first, in the order of applying; at the end what is there beside it. */
export const comparisonLines = (comparison: Comparison, paint: Paint, columns: number): string[] => {
  const { objects, extra } = comparison;
  const beside = extra.map(refText);
  return [
    ...objects.flatMap(object => objectLines(object, paint, columns)),
    ...(beside.length === 0
      ? []
      : wrap(`There beside these manifests, and left as it is: ${listed(beside)}.`, columns)),
    comparisonTally(comparison),
  ];
};
