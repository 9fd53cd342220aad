/** Runs a component's checks over what was seen, and says what they found. */

import { blameOf, type CheckResult, findingsOf, skipChecks } from '../core/check.ts';
import { type Finding, hasErrors } from '../core/finding.ts';
import type { Preflight, PreflightInput } from '../core/preflight.ts';
import { CliError, type ErrorKind } from '../errors.ts';
import { checkTally } from '../output/checks.ts';
import type { Context } from './context.ts';
import { printFindings } from './events.ts';
import { say, sayFindings } from './talk.ts';

export type Checked = { readonly results: readonly CheckResult[]; readonly findings: readonly Finding[] };

/** `intended`: codes of checks that are left out. */
export const runChecks = (
  preflight: Preflight,
  input: PreflightInput,
  skipped: readonly string[],
  intended: readonly string[] = [],
): Checked => {
  const asked = preflight.checks(input).filter(({ code }) => !intended.includes(code));
  const results = skipChecks(asked, skipped);
  return { results, findings: findingsOf(results) };
};

/** The exit code's name of failed checks. */
export const kindOf = (results: readonly CheckResult[]): ErrorKind => blameOf(results) ?? 'unavailable';

/**
 * Says what was not told yet, warnings and what is unknown, and ends the run when something failed.
 * Errors: what the first failure blames, with every finding.
 */
export const insist = (
  { io, options }: Context,
  { results, findings }: Checked,
  untold: readonly Finding[],
): void => {
  // The checks look closer than the rules of the plan: where both speak, theirs counts.
  const closer = new Set(results.map(result => result.code));
  const all = [...untold.filter(finding => !closer.has(finding.rule)), ...findings];
  if (hasErrors(findings))
    throw new CliError(
      kindOf(results),
      'The checks before the deployment found errors; nothing was applied.',
      {
        findings: all,
        hint: 'To let one through all the same, add --skip-check CODE.',
      },
    );
  if (options.output === 'json') printFindings(io, all);
  else if (options.quiet !== true) {
    sayFindings(io, all);
    say(io, `${checkTally(results)}.`, '');
  }
};
