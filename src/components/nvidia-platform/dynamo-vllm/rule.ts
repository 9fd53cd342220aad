/** What a rule is: a function from everything known about a plan to findings. */

import type { Facts } from '../../../core/component.ts';
import type { Finding, Level } from '../../../core/finding.ts';
import type { Settled } from '../../../core/settings.ts';
import type { Planned } from './planning.ts';

export type RuleInput = Planned & { readonly settled: Settled; readonly facts: Facts };

/** Every finding of one rule; an empty list when all is well. */
export type Rule = (input: RuleInput) => readonly Finding[];

export const finding = (
  rule: string,
  level: Level,
  path: string,
  message: string,
  hint: string,
): Finding => ({
  rule,
  level,
  path,
  message,
  hint,
});
