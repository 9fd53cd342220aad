/** Owns showing what came out of the stories. */

import type { Outcome } from './run.ts';
import type { Story } from './story.ts';

/** One line a story: id, what was expected, after how many seconds it was seen, verdict, reason. */
export function table(stories: readonly Story[], outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(outcome => {
    const story = stories.find(each => each.id === outcome.id);
    return [outcome.id, expected(story), seconds(outcome), outcome.verdict, outcome.reason];
  });
  const all = [['story', 'expected', 'seen after', 'verdict', 'reason'], ...rows];
  const widths = [0, 1, 2, 3].map(column => Math.max(...all.map(row => row[column]?.length ?? 0)));
  return all
    .map(row =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** How many passed, failed, were skipped. */
export function summary(outcomes: readonly Outcome[]): string {
  const count = (verdict: string) => outcomes.filter(each => each.verdict === verdict).length;
  return `${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped of ${outcomes.length}`;
}

function expected(story: Story | undefined): string {
  if (!story) return '';
  if (story.expect === 'none') return 'no alarm';
  const { when, severity, within } = story.expect;
  return `${severity} ${when}${within === undefined ? '' : ` ≤ ${within} s`}`;
}

function seconds(outcome: Outcome): string {
  return outcome.seconds === undefined ? '–' : `${outcome.seconds.toFixed(1)} s`;
}
