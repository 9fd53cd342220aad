/** Owns what a pod takes from its node, counted as the scheduler counts. */

import { type Amounts, gpuResource } from '../../core/cluster-facts.ts';
import { amountsOf, larger, nothing, plus, type Quantities } from './amounts.ts';

type Resources = { readonly requests?: Quantities; readonly limits?: Quantities };

type Container = { readonly resources?: Resources; readonly restartPolicy?: string };

export type PodSpec = {
  readonly nodeName?: string;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly overhead?: Quantities;
  /** For the pod as a whole (Kubernetes 1.32 on): wins over the sum of the containers. */
  readonly resources?: Resources;
};

/** A GPU may be written as a limit alone: it is then requested too. */
const askedBy = ({ resources = {} }: Container): Amounts => {
  const { requests = {}, limits } = resources;
  const asked = amountsOf(requests);
  const gpus = limits?.[gpuResource];
  return gpus === undefined || gpuResource in requests
    ? asked
    : { ...asked, gpus: amountsOf({ [gpuResource]: gpus }).gpus };
};

/**
 * Init containers run one after the other beside the sidecars started before them; later the sidecars run beside the containers.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
const withInit = (containers: Amounts, init: readonly Container[]): Amounts => {
  let sidecars = nothing;
  let peak = nothing;
  for (const container of init) {
    const asked = plus(sidecars, askedBy(container));
    if (container.restartPolicy === 'Always') sidecars = asked;
    peak = larger(peak, asked);
  }
  return larger(plus(containers, sidecars), peak);
};

/** Only CPU and memory can be asked for by the pod as a whole. */
const withPodLevel = (asked: Amounts, requests: Quantities): Amounts => {
  const whole = amountsOf(requests);
  return {
    ...asked,
    cpuMilli: 'cpu' in requests ? whole.cpuMilli : asked.cpuMilli,
    memoryBytes: 'memory' in requests ? whole.memoryBytes : asked.memoryBytes,
  };
};

export const podAsk = (spec: PodSpec): Amounts => {
  let asked = nothing;
  for (const container of spec.containers ?? []) asked = plus(asked, askedBy(container));
  if (spec.initContainers !== undefined) asked = withInit(asked, spec.initContainers);
  if (spec.resources?.requests !== undefined) asked = withPodLevel(asked, spec.resources.requests);
  return spec.overhead === undefined ? asked : plus(asked, amountsOf(spec.overhead));
};
