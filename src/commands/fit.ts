/** `fit`: model x GPU, with the sum shown; offline. */

import { type Finding, hasErrors } from '../core/finding.ts';
import type { FitAsk, FitReport } from '../core/fit.ts';
import { settle } from '../core/settings.ts';
import { CliError, exitCodes, isCliError } from '../errors.ts';
import { readModelConfig } from '../files/modelConfig.ts';
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

const askOf = async (context: Context): Promise<FitAsk> => {
  const { io, options, table } = context;
  return {
    settled: settle(table, await soundLayers(context, readFacts(context))),
    gpu: options.gpu ?? null,
    gpuCount: whole('--gpu-count', options.gpuCount),
    gpuMemoryGib: positive('--gpu-memory-gib', options.gpuMemoryGib),
    gpuCapability: positive('--gpu-capability', options.gpuCapability),
    modelConfig:
      options.modelConfig === undefined ? null : readModelConfig(pathFrom(io, options.modelConfig)),
    weightsGib: positive('--weights-gib', options.weightsGib),
  };
};

const codeOf = ({ findings, verdict }: Pick<FitReport, 'findings' | 'verdict'>): number => {
  if (hasErrors(findings)) return exitCodes.refused;
  return verdict === 'does-not-fit' ? exitCodes.failed : 0;
};

/** The advice stands under the sum already. */
const spoken = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ rule }) => rule !== 'fit-too-large');

const answer = async (context: Context): Promise<number> => {
  const { io, options, entry } = context;
  const ask = await askOf(context);
  const report = (await entry.fit())(ask);
  if (options.output === 'json') printJson(io, { schemaVersion, ...report });
  else {
    print(io, `${fitLines(report, paintFor(io.color.stdout)).join('\n')}\n`);
    sayFindings(io, spoken(report.findings));
  }
  return codeOf(report);
};

export const command: Command = async context => {
  try {
    return await answer(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || error.kind !== 'refused') throw error;
    const own: Finding = {
      rule: 'fit-config-unreadable',
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
      advice: [],
      table: [],
      findings,
    });
    return exitCodes[error.kind];
  }
};
