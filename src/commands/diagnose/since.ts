/** From when on what happened to a deployment belongs to it as it is now. */

import type { KubernetesObject } from '../../core/manifest.ts';
import { ownName } from '../../core/ownership.ts';

type Metadata = {
  readonly creationTimestamp?: string;
  readonly managedFields?: readonly {
    readonly manager?: string;
    readonly subresource?: string;
    readonly time?: string;
  }[];
};

/** Events are kept for an hour. */
const longestMs = 60 * 60_000;

const moments = (texts: readonly (string | undefined)[]): number[] =>
  texts.map(text => Date.parse(text ?? '')).filter(Number.isFinite);

/** When it was applied last by this program, else made; an hour ago at most. Milliseconds since 1970. */
export const changedAt = (graph: KubernetesObject, now: number): number => {
  const { creationTimestamp, managedFields = [] } = graph.metadata as Metadata;
  const applied = managedFields.filter(
    ({ manager, subresource }) => manager === ownName && subresource === undefined,
  );
  const known = moments([creationTimestamp, ...applied.map(({ time }) => time)]);
  return Math.max(now - longestMs, Math.min(now, Math.max(...known, 0)));
};
