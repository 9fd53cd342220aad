/** How long a worker takes from its start to its first answer, as a range, from sizes and rates that were seen. */

import type { FitRange } from '../../../../core/fit.ts';

export type Startup = {
  /** Of the whole checkpoint as stored. */
  readonly weightsBytes: number;
  /** The model still has to come from the Hub. */
  readonly fetches: boolean;
  /** The model has experts, whose kernels take longest to compile. */
  readonly experts: boolean;
  /** `--enforce-eager`: nothing is compiled or captured. */
  readonly eager: boolean;
};

/** The runtime image is about 15 GB: there already, or pulled at 20 MB/s. */
export const imageSeconds: FitRange = [0, 750];
/** From the Hub: ten gigabits with several connections, or what 62 minutes for 221 GiB come to, rounded down. */
export const fetchBytesPerSecond = { best: 1e9, worst: 50e6 } as const;
/** Into the GPUs: a local NVMe disk or the page cache, or a network volume (75 minutes were not enough for 1.1 TB from one). */
export const loadBytesPerSecond = { best: 2e9, worst: 200e6 } as const;
/** Python, CUDA contexts, a profile run; then compiling and capturing graphs: a minute with a warm cache, 5 minutes without, 16 seen with experts. */
export const processSeconds: FitRange = [20, 60];
export const compileSeconds = { dense: [10, 300], experts: [20, 960] } as const;

const plus = (a: FitRange, b: FitRange): FitRange => [a[0] + b[0], a[1] + b[1]];

const at = (bytes: number, rate: { readonly best: number; readonly worst: number }): FitRange => [
  bytes / rate.best,
  bytes / rate.worst,
];

/** A node that a provisioner still has to make. */
export const nodeSeconds: FitRange = [120, 600];

const whole = (parts: readonly FitRange[]): FitRange => {
  const [low, high] = parts.reduce(plus);
  return [Math.round(low), Math.round(high)];
};

/** Whole seconds from the start of the engine's container, whose image is there, with disk and network at their best and at their worst. */
export const engineSeconds = ({ weightsBytes, fetches, experts, eager }: Startup): FitRange =>
  whole([
    fetches ? at(weightsBytes, fetchBytesPerSecond) : [0, 0],
    at(weightsBytes, loadBytesPerSecond),
    processSeconds,
    eager ? [0, 0] : compileSeconds[experts ? 'experts' : 'dense'],
  ]);

/** Whole seconds, the shortest first, on a node that is there; with {@link nodeSeconds} on top where one has to be made. */
export const startupSeconds = (startup: Startup): FitRange => whole([imageSeconds, engineSeconds(startup)]);
