/** The refusal of one object by an API server, as plain data, and what makes sentences of it. */

import type { Finding } from './finding.ts';
import type { KubernetesObject } from './manifest.ts';

export type Refused = {
  /** HTTP status. */
  readonly status: number;
  /** With the API server's own words in it. */
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
};

/** At least one finding of level error: which answer caused it, or the API server's own words. */
export type ExplainRefusal = (refused: Refused, object: KubernetesObject) => readonly Finding[];
