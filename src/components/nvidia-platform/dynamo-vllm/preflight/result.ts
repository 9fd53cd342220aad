/** Makes check results: one check's code and title once, then whichever outcome it has. */

import type { Blame, CheckResult } from '../../../../core/check.ts';

export type Outcomes = {
  readonly pass: (message: string) => CheckResult;
  readonly warn: (message: string, hint: string) => CheckResult;
  readonly fail: (message: string, hint: string) => CheckResult;
  /** What could not be read; never an obstacle. */
  readonly unknown: (message: string, hint?: string) => CheckResult;
};

/** `path` is the setting that a failure is about; empty when it is about none. */
export const check = (code: string, title: string, blame: Blame, path = ''): Outcomes => {
  const common = { code, title, blame, path };
  return {
    pass: message => ({ ...common, outcome: 'pass', message, hint: '' }),
    warn: (message, hint) => ({ ...common, outcome: 'warn', message, hint }),
    fail: (message, hint) => ({ ...common, outcome: 'fail', message, hint }),
    unknown: (message, hint = '') => ({ ...common, outcome: 'unknown', message, hint }),
  };
};

/** The way to call this component in a hint. */
export const cli = './cli nvidia-platform dynamo-vllm';

/** `1 GPU`, `2 GPUs`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
