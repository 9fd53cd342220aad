/** Reads every layer of settings except the prompts: config.json, config.local.json, variables, answers file, flags. */

import { isAbsolute, join, resolve } from 'node:path';
import { configValues, checkConfig } from '../core/config.ts';
import type { Facts } from '../core/component.ts';
import { noFacts } from '../core/component.ts';
import type { Finding } from '../core/finding.ts';
import { readText as readValueText } from '../core/parse.ts';
import { flagOf, type SettingTable, type Spec, type Value, variableOf } from '../core/schema.ts';
import type { Layer, LayerName } from '../core/settings.ts';
import { nearest } from '../core/suggest.ts';
import { splitWords } from '../core/words.ts';
import { readAnswersFile } from '../files/answers.ts';
import { readConfig } from '../files/config.ts';
import { readText } from '../files/read.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Context } from './context.ts';

export type Layers = { readonly layers: readonly Layer[]; readonly findings: readonly Finding[] };

export const pathFrom = (io: Io, path: string): string => (isAbsolute(path) ? path : resolve(io.cwd, path));

type Read = { values: Record<string, Value>; findings: Finding[] };

const wrong = (rule: string, key: string, name: string, problem: string, spec: Spec): Finding => ({
  rule,
  level: 'error',
  path: key,
  message: `${name}: ${problem}`,
  hint: `It is: ${spec.summary}.`,
});

const listFrom = (spec: Spec, text: string): readonly string[] => {
  if (spec.kind !== 'list') return [text];
  const split = splitWords(text);
  return 'words' in split ? split.words : [text];
};

/** One setting out of text; a list is read item by item. */
const readOne = (spec: Spec, texts: readonly string[]): { value: Value } | { problem: string } => {
  if (spec.kind !== 'list') return readValueText(spec, texts.at(-1) ?? '');
  for (const text of texts) {
    const read = readValueText(spec, text);
    if ('problem' in read) return read;
  }
  return { value: texts };
};

const prefix = 'DYNAMO_INSTALLER_';

const fromVariables = (table: SettingTable, io: Io): Read => {
  const read: Read = { values: {}, findings: [] };
  const keys = new Map(Object.keys(table).map(key => [variableOf(key), key]));
  for (const [name, text] of Object.entries(io.env).filter(([name]) => name.startsWith(prefix))) {
    const key = keys.get(name);
    const spec = key === undefined ? undefined : table[key];
    if (key === undefined || spec === undefined) {
      const guess = nearest(name, [...keys.keys()]);
      const hint = guess === undefined ? 'Unset it.' : `Did you mean ${guess}?`;
      read.findings.push({ rule: 'setting-unknown-variable', level: 'error', path: name, message: `The variable ${name} names no setting.`, hint });
      continue;
    }
    const one = readOne(spec, listFrom(spec, text ?? ''));
    if ('value' in one) read.values[key] = one.value;
    else read.findings.push(wrong('setting-wrong-value', key, name, one.problem, spec));
  }
  return read;
};

const fromFlags = (table: SettingTable, typed: Context['typed']): Read => {
  const read: Read = { values: {}, findings: [] };
  for (const [key, said] of Object.entries(typed)) {
    const spec = table[key];
    if (spec === undefined || said === undefined) continue;
    if (typeof said === 'boolean') {
      read.values[key] = said;
      continue;
    }
    const one = readOne(spec, Array.isArray(said) ? said.map(String) : [String(said)]);
    if ('value' in one) read.values[key] = one.value;
    else read.findings.push(wrong('setting-wrong-value', key, flagOf(key), one.problem, spec));
  }
  return read;
};

/** The platform decides which part of config.json counts, so it is looked for first. */
const platformOf = (upper: readonly Read[], configs: readonly unknown[], facts: Facts): string => {
  const said = upper.findLast(read => read.values['platform'] !== undefined)?.values['platform'];
  const configured = configs.map(data => (data as { platform?: { name?: unknown } } | undefined)?.platform?.name).findLast(name => typeof name === 'string');
  return String(said ?? configured ?? facts.platform ?? 'k8s');
};

const localTwin = (path: string): string => path.replace(/(\.json)?$/, '.local.json');

export const readLayers = (context: Context, facts: Facts = noFacts): Layers => {
  const { io, table, options, typed } = context;
  const path = options.config === undefined ? join(io.root, 'config.json') : pathFrom(io, options.config);
  const shipped = readConfig(path, options.config !== undefined);
  const local = readConfig(localTwin(path), false);
  const variables = fromVariables(table, io);
  const answers = options.answers === undefined ? { values: {}, findings: [] } : readAnswersFile(table, pathFrom(io, options.answers));
  const flags = fromFlags(table, typed);
  const upper: Read[] = [variables, { values: answers.values, findings: [...answers.findings] }, flags];
  const platform = platformOf(upper, [shipped.data, local.data], facts);
  const config = (name: LayerName, data: unknown): Layer => ({ name, values: configValues(table, data, platform) });
  const named = (name: LayerName, values: Readonly<Record<string, Value>>): Layer => ({ name, values });
  return {
    layers: [
      named('default', { platform }),
      config('config.json', shipped.data),
      config('config.local.json', local.data),
      named('environment', variables.values),
      named('answers file', answers.values),
      named('flag', flags.values),
    ],
    findings: [
      ...[shipped, local].flatMap(file => [...file.findings, ...(file.data === undefined ? [] : checkConfig(table, file.data, file.locate))]),
      ...upper.flatMap(read => read.findings),
    ],
  };
};

/** Facts that a snapshot holds. Errors: `refused` when the file is none. */
export const readFacts = (context: Context): Facts => {
  const { io, options } = context;
  if (options.snapshot === undefined) return noFacts;
  const path = pathFrom(io, options.snapshot);
  const file = readText(path);
  const hint = 'Give a file with facts about a cluster: --snapshot FILE';
  if (!('text' in file)) throw new CliError('refused', 'missing' in file ? `The snapshot ${path} does not exist.` : file.problem, { hint });
  try {
    return { ...noFacts, ...(JSON.parse(file.text) as Partial<Facts>) };
  } catch {
    throw new CliError('refused', `The snapshot ${path} is not JSON.`, { hint });
  }
};

/** Throws when a layer has an error: what follows would be built on sand. */
export const soundLayers = (context: Context, facts: Facts): readonly Layer[] => {
  const { layers, findings } = readLayers(context, facts);
  if (findings.some(finding => finding.level === 'error')) throw new CliError('refused', 'The settings cannot be used as they are.', { findings });
  return layers;
};
