/** `fit`: model x GPU, with the sum shown; offline for the models of the catalogue and the GPUs that are named. */

import { type Finding, hasErrors } from '../core/finding.ts';
import type { FitAsk, FitReport } from '../core/fit.ts';
import type { HubFacts } from '../core/hub-facts.ts';
import { settle } from '../core/settings.ts';
import { CliError, type ErrorKind, exitCodes, isCliError } from '../errors.ts';
import { readLocalModel } from '../files/modelConfig.ts';
import { fitLines } from '../output/fit.ts';
import { paintFor } from '../output/paint.ts';
import type { Command, Context } from './context.ts';
import { pathFrom, readFacts, soundLayers } from './layers.ts';
import { print, printJson, sayFindings, schemaVersion } from './talk.ts';

/** A positive number behind a flag, or null. Errors: `usage`. */
const positive = (flag: string, text: string | undefined): number | null => {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new CliError('usage', `${flag} ${text} is no number above 0.`, { hint: `Write it as in ${flag} 8.` });
};

const whole = (flag: string, text: string | undefined): number | null => {
  const value = positive(flag, text);
  if (value === null || Number.isInteger(value)) return value;
  throw new CliError('usage', `${flag} ${text} is no whole number.`, { hint: `Write it as in ${flag} 8.` });
};

const gibOf = (bytes: number | null): number | null => (bytes === null ? null : bytes / 2 ** 30);

const asksForNodes = ({ options, words }: Context): boolean =>
  words.length > 0 || options.nodes !== undefined || options.snapshot !== undefined;

const nowhere = { nodes: null, use: null, operatorRelease: null, hub: null };

/** Code for clusters and price tables is loaded when there is one. */
const askOf = async (context: Context): Promise<FitAsk> => {
  const { io, options, table } = context;
  const around = asksForNodes(context)
    ? await (await import('./fit/nodes.ts')).surroundingsOf(context)
    : nowhere;
  const settled = settle(table, await soundLayers(context, readFacts(context)));
  const local = options.modelConfig === undefined ? null : readLocalModel(pathFrom(io, options.modelConfig));
  return {
    ...around,
    hub: around.hub?.model === settled.values.model ? around.hub : null,
    settled,
    gpu: options.gpu ?? null,
    gpuCount: whole('--gpu-count', options.gpuCount),
    gpuMemoryGib: positive('--gpu-memory-gib', options.gpuMemoryGib),
    gpuCapability: positive('--gpu-capability', options.gpuCapability),
    modelConfig: local?.config ?? null,
    weightsGib: positive('--weights-gib', options.weightsGib) ?? gibOf(local?.weightsBytes ?? null),
    prices: options.prices === undefined ? null : (await import('./fit/prices.ts')).pricesOf(context),
  };
};

/** The catalogue comes first: for a model that it knows no connection is opened. */
const reportFor = async (context: Context): Promise<FitReport> => {
  const ask = await askOf(context);
  const answerTo = await context.entry.fit();
  const report = answerTo(ask);
  const isKnown = ask.modelConfig !== null || report.modelComplete || ask.hub !== null;
  if (isKnown || context.options.offline === true) return report;
  const { hubOf } = await import('./fit/hub.ts');
  const hub: HubFacts = await hubOf(context, ask.settled.values);
  return answerTo({ ...ask, hub });
};

const codeOf = ({ findings, verdict }: Pick<FitReport, 'findings' | 'verdict'>): number => {
  if (hasErrors(findings)) return exitCodes.refused;
  return verdict === 'does-not-fit' ? exitCodes.failed : 0;
};

const misfits: readonly string[] = ['fit-too-large', 'fit-tight'];

/**
 * Verdict, sum and advice stand there already. Without advice the finding says what is left to do, unless an error comes first: no
 * change of sizes helps as long as that stands.
 */
const spoken = ({ findings, advice }: FitReport): readonly Finding[] =>
  advice.length === 0 && !hasErrors(findings)
    ? findings
    : findings.filter(({ rule }) => !misfits.includes(rule));

const answer = async (context: Context): Promise<number> => {
  const { io, options } = context;
  const report = await reportFor(context);
  if (options.output === 'json') printJson(io, { schemaVersion, ...report });
  else {
    print(io, `${fitLines(report, paintFor(io.color.stdout)).join('\n')}\n`);
    sayFindings(io, spoken(report));
  }
  return codeOf(report);
};

/** What a script reads as an answer too: nothing is known, and the findings say why. */
const answerable: readonly ErrorKind[] = ['refused', 'unavailable', 'forbidden'];

export const command: Command = async context => {
  try {
    return await answer(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || !answerable.includes(error.kind))
      throw error;
    const own: Finding = {
      rule: context.options.modelConfig === undefined ? 'fit-file-unreadable' : 'fit-config-unreadable',
      level: 'error',
      path: '',
      message: error.message,
      hint: error.hint,
    };
    const findings = error.findings.length > 0 ? error.findings : [own];
    printJson(context.io, {
      schemaVersion,
      verdict: 'unknown',
      perGpu: null,
      modelFrom: null,
      modelComplete: false,
      host: null,
      costPerHour: null,
      advice: [],
      found: [],
      table: [],
      findings,
    });
    return exitCodes[error.kind];
  }
};
