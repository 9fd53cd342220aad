/** Reads a price table: a JSON object of prices an hour. */

import type { Prices } from '../../core/fit.ts';
import { CliError } from '../../errors.ts';
import { readText } from '../../files/read.ts';
import type { Context } from '../context.ts';
import { pathFrom } from '../layers.ts';

const hint = 'Write it as in {"p5.48xlarge": 55.04} for a machine or {"H100-80GB": 4.1} for one GPU.';

const isPrice = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const read = (path: string, text: string): Prices => {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new CliError('refused', `The price table ${path} is no JSON.`, { hint });
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new CliError('refused', `The price table ${path} is no JSON object.`, { hint });
  const wrong = Object.entries(data).find(([, value]) => !isPrice(value));
  if (wrong !== undefined)
    throw new CliError('refused', `The price of "${wrong[0]}" in ${path} is no number of 0 or more.`, {
      hint,
    });
  return data as Prices;
};

/** Null without one. Errors: `refused` when the file is missing or holds something else. */
export const pricesOf = ({ io, options }: Pick<Context, 'io' | 'options'>): Prices | null => {
  if (options.prices === undefined) return null;
  const path = pathFrom(io, options.prices);
  const file = readText(path);
  if ('text' in file) return read(path, file.text);
  const message = 'missing' in file ? `The price table ${path} does not exist.` : file.problem;
  throw new CliError('refused', message, { hint });
};
