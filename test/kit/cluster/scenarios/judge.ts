/** Owns the verdict on a story, by the rules of its format: pure, from what was seen. */

import type { Expect, Story } from './story.ts';

/** A finding the program said, and when, in seconds after the command's start. */
export type Said = {
  readonly at: number;
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly hint: string;
};

/** What happened; times in seconds after the command's start. */
export type Seen = {
  readonly findings: readonly Said[];
  /** Everything printed, line by line. */
  readonly lines: readonly string[];
  /** Exit code, or `undefined` when the command had to be ended. */
  readonly exit: number | undefined;
  readonly endedAt: number;
  /** When the failure could be seen first; `undefined` when it never came so far. */
  readonly signAt: number | undefined;
  /** The first change in the cluster, and what it was. */
  readonly firstChange: { readonly at: number; readonly what: string } | undefined;
  /** The verdict of the last JSON line. */
  readonly verdict: string | undefined;
};

export type Verdict = {
  readonly verdict: 'pass' | 'fail';
  /** When the finding was out, counted from the sign (after-apply) or from the start. */
  readonly seconds: number | undefined;
  readonly reason: string;
  /** Only the time was wrong: worth another try with the machine to itself. */
  readonly late: boolean;
};

/** Judges a story. */
export function judge(story: Story, seen: Seen): Verdict {
  return story.expect === 'none' ? judgeHealthy(story, seen) : judgeFailure(story.expect, seen);
}

function fail(reason: string, seconds?: number, late = false): Verdict {
  return { verdict: 'fail', seconds, reason, late };
}

function judgeFailure(expect: Expect, seen: Seen): Verdict {
  const mine = seen.findings.filter(each => each.level === expect.severity);
  if (mine.length === 0) return fail(`no finding of severity ${expect.severity}${exitNote(seen)}`);
  const problem = mismatch(expect, mine);
  if (problem) return fail(problem);
  const outAt = completeAt(expect, mine);
  const wrong = expect.when === 'before-apply' ? beforeApply(expect, seen, outAt) : undefined;
  if (wrong) return fail(wrong, outAt);
  const from = expect.when === 'before-apply' ? 0 : (seen.signAt ?? outAt);
  const seconds = outAt - from;
  if (expect.within !== undefined && seconds > expect.within) {
    return fail(
      `late: out ${seconds.toFixed(1)} s after the sign, ${expect.within} s allowed`,
      seconds,
      true,
    );
  }
  const exit = exitProblem(expect, seen);
  if (exit) return fail(exit, seconds);
  return { verdict: 'pass', seconds, reason: '', late: false };
}

function exitNote(seen: Seen): string {
  return seen.exit === undefined ? '; the command had to be ended' : `; exit code ${seen.exit}`;
}

function mismatch(expect: Expect, findings: readonly Said[]): string | undefined {
  const text = textOf(findings);
  const missing = expect.mustMention.filter(pattern => !matches(pattern, text));
  if (missing.length > 0) return `the findings do not mention ${missing.join(' and ')}`;
  if (!expect.nextStep.some(pattern => matches(pattern, text))) {
    return `no next step: none of ${expect.nextStep.join(', ')}`;
  }
  const wrong = (expect.mustNotMention ?? []).filter(pattern => matches(pattern, text));
  return wrong.length > 0 ? `the findings wrongly mention ${wrong.join(' and ')}` : undefined;
}

function textOf(findings: readonly Said[]): string {
  return findings.map(each => `${each.message}\n${each.hint}`).join('\n');
}

/** Whether a pattern of a story matches, whatever the case. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(pattern, 'i').test(text);
}

// The moment from which on what had been said was enough.
function completeAt(expect: Expect, findings: readonly Said[]): number {
  const inOrder = [...findings].sort((a, b) => a.at - b.at);
  const enough = inOrder.findIndex((_, i) => {
    const text = textOf(inOrder.slice(0, i + 1));
    const all = expect.mustMention.every(pattern => matches(pattern, text));
    return all && expect.nextStep.some(pattern => matches(pattern, text));
  });
  return inOrder[enough]?.at ?? Number.POSITIVE_INFINITY;
}

function beforeApply(expect: Expect, seen: Seen, outAt: number): string | undefined {
  const change = seen.firstChange;
  if (!change) return undefined;
  if (expect.severity === 'error') return `something was changed before it ended: ${change.what}`;
  return change.at < outAt ? `something was changed before it was said: ${change.what}` : undefined;
}

function exitProblem(expect: Expect, seen: Seen): string | undefined {
  if (expect.severity === 'warning') {
    if (seen.firstChange || seen.exit === 0) return undefined;
    return 'a warning must let the installation go on';
  }
  if (seen.exit === undefined) return 'the command did not end by itself';
  return seen.exit === 0 ? 'the command ended with exit code 0' : undefined;
}

function judgeHealthy(story: Story, seen: Seen): Verdict {
  const error = seen.findings.find(each => each.level === 'error');
  if (error) return fail(`a false alarm: ${error.rule}: ${error.message}`, error.at);
  const may = story.outcome?.mayWarn ?? [];
  const warning = seen.findings.find(
    each => each.level === 'warning' && !may.some(pattern => matches(pattern, textOf([each]))),
  );
  if (warning) return fail(`a needless warning: ${warning.rule}: ${warning.message}`, warning.at);
  const said = (story.mustNotSay ?? []).find(pattern => seen.lines.some(line => matches(pattern, line)));
  if (said) return fail(`it said what it must not: ${said}`);
  const wrong = outcomeProblem(story, seen);
  return wrong ? fail(wrong) : { verdict: 'pass', seconds: seen.endedAt, reason: '', late: false };
}

function outcomeProblem(story: Story, seen: Seen): string | undefined {
  const exit = story.outcome?.exit ?? 0;
  if (seen.exit !== exit) return `expected exit code ${exit}${exitNote(seen)}`;
  const verified = story.outcome?.verified;
  if (verified !== undefined && verified !== (seen.verdict === 'serving')) {
    return `expected ${verified ? 'a verified answer' : 'no verified answer'}, the verdict was ${seen.verdict ?? 'missing'}`;
  }
  return undefined;
}
