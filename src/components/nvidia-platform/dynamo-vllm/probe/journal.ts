/** What a verification works with: the ask, its tools, its time, and the list of steps that grows while it runs. */

import type { Finding } from '../../../../core/finding.ts';
import type { ProbeStep, ProbeTools } from '../../../../core/probe.ts';
import type { Deployed } from './deployed.ts';

export type StepEnd = Exclude<ProbeStep['outcome'], 'running'>;

export type OpenStep = {
  /** Says what is waited for, once it is a wait; the same words twice are said once. */
  readonly note: (detail: string) => void;
  readonly end: (outcome: StepEnd, detail: string) => void;
};

export type Run = {
  readonly deployed: Deployed;
  readonly tools: ProbeTools;
  /** Moment at which patience is over, in the time of `tools.now`. */
  readonly deadline: number;
  /** Ended steps in their order. */
  readonly steps: ProbeStep[];
};

/** A wait shorter than this is not spoken of. */
const quietMs = 1000;

export const begin = ({ tools, steps }: Run, step: string, title: string): OpenStep => {
  const since = tools.now();
  let said = '';
  tools.say({ step, title, outcome: 'running', detail: '', ms: null });
  return {
    note: detail => {
      if (detail === said || tools.now() - since < quietMs) return;
      said = detail;
      tools.say({ step, title, outcome: 'running', detail, ms: tools.now() - since });
    },
    end: (outcome, detail) => {
      const ended: ProbeStep = { step, title, outcome, detail, ms: tools.now() - since };
      steps.push(ended);
      tools.say(ended);
    },
  };
};

/** Asks again and again until there is something to say; null when patience is over. */
export const untilSaid = async <T>(
  run: Run,
  look: () => Promise<T | null>,
  everyMs = 1000,
): Promise<T | null> => {
  for (;;) {
    const said = await look();
    if (said !== null) return said;
    if (run.tools.now() + everyMs > run.deadline) return null;
    await run.tools.sleep(everyMs);
  }
};

/** Measures how long something has been so without a break. */
export type Stretch = (isSo: boolean) => number;

/** Milliseconds for which the condition has held, 0 when it does not or has just begun to. */
export const stretch = ({ tools }: Run): Stretch => {
  let since: number | null = null;
  return isSo => {
    if (!isSo) since = null;
    else since ??= tools.now();
    return since === null ? 0 : tools.now() - since;
  };
};

/** A stage of the verification went well, or ended it. */
export type Stage = { readonly kind: 'passed' } | Failed;

export type Failed = {
  readonly kind: 'failed';
  readonly verdict: 'not-ready' | 'not-serving';
  readonly findings: readonly Finding[];
};

export const failed = (verdict: Failed['verdict'], ...findings: readonly Finding[]): Failed => ({
  kind: 'failed',
  verdict,
  findings,
});
