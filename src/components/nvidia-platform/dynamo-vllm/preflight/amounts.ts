/** Kubernetes quantities as numbers, and sums of what pods ask for and nodes offer. */

import type { Amounts } from '../../../../core/cluster-facts.ts';

const scales: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as written, in units of one (bytes, cores, pieces); null when it is none. */
export const quantityOf = (text: string | null | undefined): number | null => {
  const match = /^([+-]?\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(text ?? '');
  if (match === null) return null;
  return Number(`${match[1]}${match[2] ?? ''}`) * (scales[match[3] ?? ''] ?? 1);
};

export const noAmounts: Amounts = { gpus: 0, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 };

export const plus = (a: Amounts, b: Amounts): Amounts => ({
  gpus: a.gpus + b.gpus,
  cpuMilli: a.cpuMilli + b.cpuMilli,
  memoryBytes: a.memoryBytes + b.memoryBytes,
  ephemeralBytes: a.ephemeralBytes + b.ephemeralBytes,
});

export const times = (a: Amounts, count: number): Amounts => ({
  gpus: a.gpus * count,
  cpuMilli: a.cpuMilli * count,
  memoryBytes: a.memoryBytes * count,
  ephemeralBytes: a.ephemeralBytes * count,
});

export const minus = (a: Amounts, b: Amounts): Amounts => plus(a, times(b, -1));

/**
 * Whether a pod fits into what is free. Something that is not asked for always does, however full the node is,
 * as for the scheduler.
 */
export const holds = (free: Amounts, asked: Amounts): boolean =>
  (asked.gpus === 0 || asked.gpus <= free.gpus) &&
  (asked.cpuMilli === 0 || asked.cpuMilli <= free.cpuMilli) &&
  (asked.memoryBytes === 0 || asked.memoryBytes <= free.memoryBytes) &&
  (asked.ephemeralBytes === 0 || asked.ephemeralBytes <= free.ephemeralBytes);

const gib = 2 ** 30;

/** `61.0 GiB` below ten thousand, without the fraction above a hundred. */
export const inGib = (bytes: number): string => {
  const value = bytes / gib;
  return `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} GiB`;
};
