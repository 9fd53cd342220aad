/** What GPUs cost an hour, by a table that a person gave. */

import type { Prices } from '../../../../core/fit.ts';
import { gpuNamed } from './gpus.ts';
import { instanceGpus } from './instances.ts';

/** What a key of the table prices: so many GPUs of one kind at once. */
type Priced = {
  readonly gpu: string;
  readonly gpus: number;
  readonly machine: boolean;
  readonly price: number;
};

/** An instance type is asked first: some have the name of a GPU in them. */
const read = (key: string, price: number): Priced | undefined => {
  const machine = instanceGpus(key);
  if (machine !== undefined) return { gpu: machine.gpu.name, gpus: machine.count, machine: true, price };
  const gpu = gpuNamed(key);
  return gpu === undefined ? undefined : { gpu: gpu.name, gpus: 1, machine: false, price };
};

/**
 * The least that `gpus` GPUs of that kind cost an hour: so many at the price of one, or the cheapest single machine that has them,
 * which is paid for whole. Null when no key of the table fits.
 */
export const costPerHour = (prices: Prices | null, gpu: string, gpus: number): number | null => {
  const costs = Object.entries(prices ?? {}).flatMap(([key, price]) => {
    const priced = read(key, price);
    if (priced === undefined || priced.gpu !== gpu) return [];
    if (!priced.machine) return [price * gpus];
    return priced.gpus >= gpus ? [price] : [];
  });
  return costs.length === 0 ? null : Math.min(...costs);
};

/** Keys that are neither a GPU nor an instance type of the tables. */
export const unknownPrices = (prices: Prices): string[] =>
  Object.keys(prices).filter(key => read(key, 0) === undefined);
