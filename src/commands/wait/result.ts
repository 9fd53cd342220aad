/** How a wait ends, and what it tells on the way. */

import type { Finding } from '../../core/finding.ts';
import type { Outlook } from '../../core/sight.ts';
import type { WaitTimes } from '../../output/stages.ts';

type Ended = {
  /** The last state. */
  readonly outlook: Outlook;
  /** What was said on the way: warnings, infos, and what could not be read. */
  readonly notices: readonly Finding[];
  /** GPUs of pods that stand on nodes now. */
  readonly gpusHeld: number;
};

export type WaitResult = Ended &
  (
    | { readonly kind: 'ready' }
    /** Waiting does not mend it: why, and the decisive lines as they were printed. */
    | {
        readonly kind: 'hopeless';
        readonly findings: readonly Finding[];
        readonly evidence: readonly string[];
      }
    /** The time is up: the last state and its likeliest cause. */
    | { readonly kind: 'timed-out'; readonly findings: readonly Finding[] }
    | { readonly kind: 'interrupted' }
  );

/** Where a wait tells what it sees. */
export type Show = {
  /** Another look was taken. */
  readonly look: (outlook: Outlook, times: WaitTimes) => void;
  /** Worth saying; each comes once. */
  readonly notice: (finding: Finding) => void;
  /** A remark that is no finding. */
  readonly say: (line: string) => void;
  /** Nothing comes after it; the last state stays visible. */
  readonly end: () => void;
};
