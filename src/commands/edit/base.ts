/** What a change starts from: the answers of the deployment, and what was typed over them. */

import { isSameValue } from '../../core/changed-settings.ts';
import type { Changes } from '../../core/changes.ts';
import { type Component, type Draft, type Facts, noFacts } from '../../core/component.ts';
import type { Value } from '../../core/schema.ts';
import { applies, type Layer, type Settled, settle, type Values } from '../../core/settings.ts';
import type { Context } from '../context.ts';

export type Base = {
  readonly context: Context;
  readonly component: Component;
  readonly changes: Changes;
  /** Of the deployment as it is. */
  readonly answers: Values;
  /** config.json, for settings that meant nothing so far: another one never changes a deployment by itself. */
  readonly beneath: readonly Layer[];
};

const config = ['default', 'config.json', 'config.local.json'];

export const beneathOf = ({ table }: Context, layers: readonly Layer[], answers: Values): Layer[] =>
  layers
    .filter(({ name }) => config.includes(name))
    .map(({ name, values }) => ({
      name,
      values: Object.fromEntries(Object.entries(values).filter(([key]) => !applies(table, key, answers))),
    }));

/** Keys whose value would be another one than that of the deployment. */
export const changedBy = ({ context, answers }: Base, over: Values): string[] =>
  Object.keys(over).filter(key => {
    const before = answers[key] ?? context.table[key]?.default ?? null;
    return !isSameValue(before, over[key]);
  });

const isMomentary = ({ changes }: Base, key: string, value: Value): Value =>
  key === 'skipCheck' && Array.isArray(value)
    ? value.filter(code => !changes.momentary.includes(code))
    : value;

/** The answers without what is worked out anew. */
const keptBy = (base: Base, over: Values): Values => {
  const stale = changedBy(base, over).flatMap(key => base.changes.follow[key] ?? []);
  return Object.fromEntries(
    Object.entries(base.answers)
      .filter(([key]) => !stale.includes(key))
      .map(([key, value]) => [key, isMomentary(base, key, value)]),
  );
};

/** Every layer below what a person answers now. */
export const layersOf = (base: Base, typed: Layer, said: Layer): Layer[] => [
  ...base.beneath,
  { name: 'deployment', values: keptBy(base, { ...typed.values, ...said.values }) },
  typed,
  said,
];

/** What was settled once stays, whatever else is in the cluster by now, unless a change has to be worked out with it. */
const factsFor = (base: Base, over: Values, facts: Facts): Facts => {
  const { surveyed } = base.changes;
  if (changedBy(base, over).some(key => surveyed.includes(key))) return facts;
  return {
    ...noFacts,
    operatorRelease: facts.operatorRelease,
    model: facts.model,
    prices: facts.prices ?? null,
  };
};

export type Changed = { readonly settled: Settled; readonly draft: Draft };

export const draftChanged = (base: Base, typed: Layer, said: Layer, facts: Facts): Changed => {
  const { context, component } = base;
  const settled = settle(context.table, layersOf(base, typed, said));
  const over = { ...typed.values, ...said.values };
  return { settled, draft: component.draft(settled, factsFor(base, over, facts), context.io.version) };
};

/** The deployment as it is, rendered by this version; `more` over its answers. */
export const draftCurrent = ({ context, component, answers }: Base, more: Values = {}): Draft => {
  const layer: Layer = { name: 'deployment', values: { ...answers, ...more } };
  return component.draft(settle(context.table, [layer]), noFacts, context.io.version);
};
