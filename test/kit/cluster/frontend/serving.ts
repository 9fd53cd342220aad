/** Owns what stands behind the pods of a deployment: something that really answers, or nothing. */

import type { PodLife } from '../pods/podLife.ts';

/** Serves the pods of every deployment in a cluster. */
export type Serving = {
  /** One line for the person: what answers. */
  readonly description: string;
  /** Called when the pod's container runs; resolves when the pod is ready, ends with the pod. */
  serve(life: PodLife): Promise<void>;
  stop(): Promise<void>;
};

/** Nothing answers: pods become ready, a port-forward to them leads nowhere. */
export function nothingServes(description: string): Serving {
  return { description, serve: async () => {}, stop: async () => {} };
}
