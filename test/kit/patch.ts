/** Owns carrying out differences, so that tests can see that they explain everything. */

import type { Data, Difference, Step } from '../../src/core/diff.ts';

type List = readonly unknown[];

const indexOf = (list: List, step: Step): number => {
  if (typeof step === 'number') return step;
  if (typeof step === 'string') throw new Error(`${step} is no place in a list`);
  const found = list.findIndex(item => (item as Data)[step.key] === step.value);
  return found < 0 ? list.length : found;
};

const sortedBy = (list: List, names: List): List => {
  const key = ['name', 'mountPath', 'containerPort'].find(one =>
    list.every(item => (item as Data)[one] !== undefined && names.includes((item as Data)[one])),
  );
  return names.map(name => list.find(item => (item as Data)[key ?? ''] === name));
};

const changed = (value: unknown, found: Difference): unknown =>
  found.kind === 'order' ? sortedBy(value as List, found.here as List) : found.here;

const inList = (list: List, step: Step, inner: (value: unknown) => unknown): List => {
  const at = indexOf(list, step);
  const next = inner(list[at]);
  const rest = [...list.slice(0, at), ...(next === undefined ? [] : [next]), ...list.slice(at + 1)];
  return rest;
};

const inRecord = (record: Data, step: string, inner: (value: unknown) => unknown): Data => {
  const next = inner(record[step]);
  const { [step]: _, ...rest } = record;
  return next === undefined ? rest : { ...rest, [step]: next };
};

const at = (value: unknown, path: readonly Step[], found: Difference): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return changed(value, found);
  const inner = (part: unknown): unknown => at(part, rest, found);
  if (Array.isArray(value)) return inList(value, step, inner);
  return inRecord(value as Data, String(step), inner);
};

/** The value with every difference carried out, in their order. */
export const patched = (value: unknown, all: readonly Difference[]): unknown =>
  all.reduce((now, found) => at(now, found.path, found), value);
