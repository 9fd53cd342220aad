/** Owns sums of what nodes have and pods ask for. */

import { type Amounts, gpuResource } from '../../core/cluster-facts.ts';
import { amountOf, milliOf } from './quantity.ts';

/** Quantities by resource name, as an object of the API writes them. */
export type Quantities = Readonly<Record<string, string>>;

export const nothing: Amounts = { gpus: 0, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 };

const read = (text: string | undefined, measure: (text: string) => number): number =>
  text === undefined ? 0 : measure(text);

export const amountsOf = (quantities: Quantities): Amounts => ({
  gpus: read(quantities[gpuResource], amountOf),
  cpuMilli: read(quantities['cpu'], milliOf),
  memoryBytes: read(quantities['memory'], amountOf),
  ephemeralBytes: read(quantities['ephemeral-storage'], amountOf),
});

export const plus = (one: Amounts, other: Amounts): Amounts => ({
  gpus: one.gpus + other.gpus,
  cpuMilli: one.cpuMilli + other.cpuMilli,
  memoryBytes: one.memoryBytes + other.memoryBytes,
  ephemeralBytes: one.ephemeralBytes + other.ephemeralBytes,
});

export const larger = (one: Amounts, other: Amounts): Amounts => ({
  gpus: Math.max(one.gpus, other.gpus),
  cpuMilli: Math.max(one.cpuMilli, other.cpuMilli),
  memoryBytes: Math.max(one.memoryBytes, other.memoryBytes),
  ephemeralBytes: Math.max(one.ephemeralBytes, other.ephemeralBytes),
});
