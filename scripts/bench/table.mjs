// Lays measured figures out beside their budget.

/** @typedef {{ ratio: number, mib: number }} Measured @typedef {{ must: number, stretch: number, mib: number }} Budget */

/**
 * @param {Measured} measured
 * @param {Budget} budget
 * @returns {'over' | 'ok' | 'stretch'} `stretch` is better than asked for
 */
export const verdictOf = ({ ratio, mib }, budget) => {
  if (ratio > budget.must || mib > budget.mib) return 'over';
  return ratio <= budget.stretch ? 'stretch' : 'ok';
};

const header = ['command', 'ratio', 'must', 'stretch', 'MiB', 'must', 'verdict'];

const cells = ({ name, ratio, mib, budget, verdict }) => [
  name,
  ratio.toFixed(2),
  `≤ ${budget.must.toFixed(2)}`,
  `≤ ${budget.stretch.toFixed(2)}`,
  mib.toFixed(0),
  Number.isFinite(budget.mib) ? `≤ ${budget.mib}` : '-',
  verdict,
];

/** @returns {string[]} a Markdown table */
export const table = rows => {
  const all = [header, ...rows.map(cells)];
  const widths = header.map((_, at) => Math.max(...all.map(row => row[at].length)));
  const line = row =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(all[0]), rule, ...all.slice(1).map(line)];
};
