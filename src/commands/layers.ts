/** Reads every layer of settings except the prompts: config.json, config.local.json, variables, answers file, flags. */

import { isAbsolute, join, resolve } from 'node:path';
import type { Facts } from '../core/component.ts';
import { noFacts } from '../core/component.ts';
import { configValues } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import { objectOf, parseJson } from '../core/json.ts';
import type { Value } from '../core/schema.ts';
import type { Layer, LayerName } from '../core/settings.ts';
import { misshapen } from '../core/snapshot.ts';
import { CliError } from '../errors.ts';
import { readConfig } from '../files/config.ts';
import { readText } from '../files/read.ts';
import type { Io } from '../io.ts';
import type { Context } from './context.ts';
import { fromFlags, fromVariables, type Read } from './sources.ts';

export type Layers = { readonly layers: readonly Layer[]; readonly findings: readonly Finding[] };

export const pathFrom = (io: Io, path: string): string => (isAbsolute(path) ? path : resolve(io.cwd, path));

/** The platform decides which part of config.json counts, so it is looked for first. */
const platformOf = (upper: readonly Read[], configs: readonly unknown[], facts: Facts): string => {
  const said = upper.findLast(read => read.values.platform !== undefined)?.values.platform;
  const configured = configs
    .map(data => (data as { platform?: { name?: unknown } } | undefined)?.platform?.name)
    .findLast(name => typeof name === 'string');
  return String(said ?? configured ?? facts.platform ?? 'k8s');
};

const localTwin = (path: string): string => path.replace(/(\.json)?$/, '.local.json');

const nothingSaid: Read = { values: {}, findings: [] };

/** Reading an answers file brings a parser along, which most runs do not need. */
const readAnswers = async ({ io, table, options }: Context): Promise<Read> => {
  if (options.answers === undefined) return nothingSaid;
  const { readAnswersFile } = await import('../files/answersFile.ts');
  return readAnswersFile(table, pathFrom(io, options.answers));
};

const readLayers = async (context: Context, facts: Facts): Promise<Layers> => {
  const { io, table, options, typed } = context;
  const path = options.config === undefined ? join(io.root, 'config.json') : pathFrom(io, options.config);
  const shipped = await readConfig(table, path, options.config !== undefined);
  const local = await readConfig(table, localTwin(path), false);
  const variables = fromVariables(table, io.env);
  const answers = await readAnswers(context);
  const flags = fromFlags(table, typed);
  const upper: readonly Read[] = [variables, answers, flags];
  const platform = platformOf(upper, [shipped.data, local.data], facts);
  const config = (name: LayerName, data: unknown): Layer => ({
    name,
    values: configValues(table, data, platform),
  });
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
    findings: [...shipped.findings, ...local.findings, ...upper.flatMap(read => read.findings)],
  };
};

/** Errors: `refused` for what is no JSON, or no snapshot. */
const snapshotIn = (path: string, text: string): Partial<Facts> => {
  const read = parseJson(text);
  const snapshot = objectOf(read);
  const wrong = snapshot === undefined ? undefined : misshapen(snapshot);
  if (snapshot !== undefined && wrong === undefined) return snapshot as Partial<Facts>;
  const what = read === undefined ? 'not JSON' : 'no snapshot';
  const where = wrong === undefined ? '' : `: its "${wrong}" has another shape`;
  throw new CliError('refused', `The snapshot ${path} is ${what}${where}.`, {
    hint: 'Make one with: check --save-snapshot FILE',
  });
};

/** Facts that a snapshot holds. Errors: `refused` when the file is none. */
export const readFacts = (context: Context): Facts => {
  const { io, options } = context;
  if (options.snapshot === undefined) return noFacts;
  const path = pathFrom(io, options.snapshot);
  const file = readText(path);
  const hint = 'Give a file with facts about a cluster: --snapshot FILE';
  if (!('text' in file))
    throw new CliError('refused', 'missing' in file ? `The snapshot ${path} does not exist.` : file.problem, {
      hint,
    });
  return { ...noFacts, ...snapshotIn(path, file.text), isLive: false };
};

/** Throws when a layer has an error: what follows would be built on sand. */
export const soundLayers = async (context: Context, facts: Facts): Promise<readonly Layer[]> => {
  const { layers, findings } = await readLayers(context, facts);
  if (findings.some(finding => finding.level === 'error'))
    throw new CliError('refused', 'The settings cannot be used as they are.', { findings });
  return layers;
};
