/** The table of `npm run bench`: figures beside their budget. What is fast enough is for the bench to say, not for a test. */

import { expect, it } from 'vitest';
import { table, verdictOf } from '../../../scripts/bench/table.mjs';

const budget = { must: 1.8, stretch: 1.5, mib: 45 };

it.each([
  [1.5, 45, 'stretch'],
  [1.51, 45, 'ok'],
  [1.8, 45, 'ok'],
  [1.81, 45, 'over'],
  [1.2, 45.5, 'over'],
] as const)('%d of a start and %d MiB: %s', (ratio, mib, verdict) => {
  expect(verdictOf({ ratio, mib }, budget)).toBe(verdict);
});

it('is a Markdown table', () => {
  expect(table([{ name: '--help', ratio: 1.256, mib: 39.6, budget, verdict: 'stretch' }])).toEqual([
    '| command | ratio |   must | stretch | MiB | must | verdict |',
    '|---------|------:|-------:|--------:|----:|-----:|--------:|',
    '| --help  |  1.26 | ≤ 1.80 |  ≤ 1.50 |  40 | ≤ 45 | stretch |',
  ]);
});
