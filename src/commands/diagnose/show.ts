/** A diagnosis for people: causes with their evidence and remedy, then what was looked at. */

import type { SummaryLine } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import { redact } from '../../core/redact.ts';
import type { RoleRow } from '../../core/sight.ts';
import { checkTally } from '../../output/checks.ts';
import { findingLines } from '../../output/findings.ts';
import type { Paint } from '../../output/paint.ts';
import { summaryLines } from '../../output/tables.ts';
import { evidenceLines } from '../wait/ended.ts';
import { type Diagnosis, isSound } from './diagnosis.ts';

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const rowText = ({ role, ready, wanted, stage, restarts }: RoleRow): string =>
  `${role} ${ready}/${wanted} ${stage}${restarts === 0 ? '' : `, ${count(restarts, 'restart')}`}`;

const logsText = (logs: Readonly<Record<string, readonly string[]>>): string => {
  const read = Object.entries(logs).filter(([, lines]) => lines.length > 0);
  if (read.length === 0) return 'none: nothing called for one';
  const lines = read.reduce((sum, [, each]) => sum + each.length, 0);
  return `${count(lines, 'line')} of ${read.map(([key]) => key).join(', ')}`;
};

const verifiedText = ({ report, looked }: Diagnosis): string => {
  if (report !== null)
    return `${report.verdict}: ${report.steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', ')}`;
  return looked.outlook.done ? 'not possible: no way to the frontend' : 'not tried: not everything is ready';
};

const pagesText = ({ measured }: Diagnosis): string => {
  const read = measured.pages.filter(({ text }) => text !== null).map(({ component }) => component);
  if (read.length === 0) return 'none could be read';
  return [`of ${read.join(', ')}`, ...measured.figures].join('; ');
};

/** What was looked at, and what it said in short. */
const lookedAt = (diagnosis: Diagnosis): SummaryLine[] => {
  const { sight, outlook } = diagnosis.looked;
  return [
    { label: 'roles', value: outlook.rows.map(rowText).join('; ') || 'none' },
    { label: 'pods', value: String(sight.pods.length) },
    { label: 'events', value: String(sight.events.length) },
    { label: 'logs', value: logsText(sight.logs) },
    {
      label: 'checks',
      value:
        diagnosis.checked === null
          ? 'the cluster could not be surveyed'
          : checkTally(diagnosis.checked.results),
    },
    { label: 'verification', value: verifiedText(diagnosis) },
    { label: 'metrics', value: pagesText(diagnosis) },
  ];
};

const headOf = (name: string, namespace: string, diagnosis: Diagnosis): string => {
  const place = `${name} in namespace ${namespace}`;
  if (diagnosis.report?.verdict === 'serving' && isSound(diagnosis))
    return `${place} serves; nothing wrong was found.`;
  return `${place}: ${isSound(diagnosis) ? 'nothing wrong was found.' : 'what was found, the likeliest cause first.'}`;
};

const causes = (
  findings: readonly Finding[],
  evidence: readonly string[],
  paint: Paint,
  columns: number,
): string[] => {
  if (findings.length === 0) return [];
  const [first, ...rest] = findings;
  const lines = first === undefined ? [] : findingLines([first], paint, columns);
  return ['', ...lines, ...evidenceLines(evidence, paint, columns), ...findingLines(rest, paint, columns)];
};

export const diagnosisLines = (
  { name, namespace }: { readonly name: string; readonly namespace: string },
  diagnosis: Diagnosis,
  paint: Paint,
  columns: number,
): string[] => [
  paint.bold(headOf(name, namespace, diagnosis)),
  ...causes(diagnosis.findings, diagnosis.evidence, paint, columns),
  '',
  paint.bold('What was looked at'),
  ...summaryLines(lookedAt(diagnosis), paint, columns),
];

/** Without what a bundle holds in full. */
export const diagnosisJson = (diagnosis: Diagnosis): Record<string, unknown> => ({
  verdict: diagnosis.report?.verdict ?? (diagnosis.looked.outlook.done ? 'unknown' : 'not-ready'),
  findings: diagnosis.findings,
  evidence: diagnosis.evidence.map(line => redact(line)),
  rows: diagnosis.looked.outlook.rows,
  checks: diagnosis.checked?.results ?? null,
  steps: diagnosis.report?.steps ?? [],
  figures: diagnosis.measured.figures,
  looked: Object.fromEntries(lookedAt(diagnosis).map(({ label, value }) => [label, value])),
});
