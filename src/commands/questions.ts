/** Asks what nobody answered yet, in the table's order. */

import type { Component, Facts, OfferedChoice } from '../core/component.ts';
import { flagOf, type SettingTable, type Spec, type Value } from '../core/schema.ts';
import { applies, type Layer, type Settled, settle, type Values } from '../core/settings.ts';
import { listed } from '../core/text.ts';
import { CliError } from '../errors.ts';
import { type Context, commandLine } from './context.ts';

/** Layers in which a person answered, or somebody for them; config.json only says what the default is. */
const answering = ['environment', 'answers file', 'flag', 'prompt'];

const isAnswered = (layers: readonly Layer[], key: string): boolean =>
  layers.some(layer => answering.includes(layer.name) && layer.values[key] !== undefined);

/** Keys that would be asked next, given what is known. */
export const unanswered = (table: SettingTable, layers: readonly Layer[]): string[] => {
  const { values } = settle(table, layers);
  return Object.keys(table).filter(
    key => table[key]?.ask !== undefined && applies(table, key, values) && !isAnswered(layers, key),
  );
};

const flagWithValue = (key: string, spec: Spec | undefined): string =>
  spec === undefined || spec.kind === 'switch'
    ? `${flagOf(key)} or --no-${flagOf(key).slice(2)}`
    : `${flagOf(key)} ${spec.metavar ?? 'VALUE'}`;

/** No terminal and something missing: said at once, with every flag named. */
export const refuseToGuess = (context: Context, missing: readonly string[]): never => {
  const flags = missing.map(key => flagWithValue(key, context.table[key]));
  throw new CliError(
    'usage',
    `There is no terminal to ask at, and ${missing.length} answers are missing: ${listed(flags)}.`,
    {
      hint: `Give them as flags or with --answers FILE, or take every default: ${commandLine(context.entry, 'install')} --yes`,
    },
  );
};

/** The value that a prompt offers: what is settled, else what follows from the other answers. */
const offered = (component: Component, settled: Settled, key: string): Value =>
  settled.values[key] ?? component.suggest(key, settled.values);

/** Asks one setting in the light of all others; the answer may bring others along. `layers` without it. Errors: `interrupted`. */
export const askAnswers = async (
  context: Context,
  component: Component,
  layers: readonly Layer[],
  facts: Facts,
  key: string,
): Promise<Values> => {
  const { io, table } = context;
  const spec = table[key];
  if (spec === undefined) throw new CliError('bug', `There is no setting "${key}".`);
  const settled = settle(table, layers);
  const withValues = (values: Values): Settled => settle(table, [...layers, { name: 'prompt', values }]);
  const object = (values: Values): string | undefined => component.object(key, withValues(values), facts);
  const message = spec.ask?.message ?? `${key} (${spec.summary}):`;
  // Loaded when somebody is asked: scripts never are.
  const { askOffer, askSetting } = await import('../prompts/ask.ts');
  const offer = component.offer(key, settled, facts);
  if (offer === null) {
    const current = offered(component, settled, key);
    return {
      [key]: await askSetting(message, spec, current, value => object({ [key]: value }), io),
    };
  }
  const valuesOf = (choice: OfferedChoice): Values => ({ ...choice.with, [key]: choice.value });
  return valuesOf(await askOffer(message, offer, choice => object(valuesOf(choice)), io));
};

/** Every missing answer as a layer. What is asked depends on what was answered, and on what is known by then. */
export const askMissing = async (
  context: Context,
  component: Component,
  layers: readonly Layer[],
  factsNow: () => Promise<Facts>,
): Promise<Layer> => {
  const said: Record<string, Value> = {};
  const withSaid = (): Layer[] => [...layers, { name: 'prompt', values: said }];
  for (
    let [key] = unanswered(context.table, withSaid());
    key !== undefined;
    [key] = unanswered(context.table, withSaid())
  ) {
    Object.assign(said, await askAnswers(context, component, withSaid(), await factsNow(), key));
  }
  return { name: 'prompt', values: said };
};
