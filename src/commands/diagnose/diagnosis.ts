/** All that a diagnosis found, ranked: what happened to the pods, then what answers tell, then what the cluster lacks. */

import { findingsOf } from '../../core/check.ts';
import type { Finding } from '../../core/finding.ts';
import type { ProbeReport } from '../../core/probe.ts';
import type { Awaited, RoleRow, Watching } from '../../core/sight.ts';
import type { Looked } from '../wait/look.ts';
import type { Checked, Measured } from './rest.ts';

/** Everything that was looked at. */
export type Sources = {
  readonly looked: Looked;
  /** Null when the cluster could not be surveyed. */
  readonly checked: Checked | null;
  /** Null when nothing was sent: not everything is ready, or the way is closed. */
  readonly report: ProbeReport | null;
  readonly measured: Measured;
};

export type Diagnosis = Sources & {
  /** The likeliest cause first. */
  readonly findings: readonly Finding[];
  /** Decisive lines of logs. */
  readonly evidence: readonly string[];
};

const stateOf = ({ role, ready, wanted, stage, note }: RoleRow): string =>
  `${role} ${ready}/${wanted} ${stage}${note === '' ? '' : ` (${note})`}`;

const notYet = ({ name }: Awaited, rows: readonly RoleRow[]): Finding => {
  const behind = rows.filter(({ ready, wanted }) => ready < wanted).map(stateOf);
  const states = behind.length === 0 ? 'the operator has not said yet that it is done' : behind.join('; ');
  return {
    rule: 'not-ready-yet',
    level: 'info',
    path: '',
    message: `${name} is not ready yet, and not for longer than usual: ${states}.`,
    hint: '',
  };
};

/** Nothing is hopeless and yet it is not ready: within the usual time that is no fault. */
const slow = (watching: Watching, awaited: Awaited, { sight, outlook }: Looked): readonly Finding[] => {
  const tookMs = sight.now - sight.since;
  if (tookMs < watching.limitSeconds(awaited) * 1000) return [notYet(awaited, outlook.rows)];
  return watching.lastWord(awaited, sight).filter(({ level }) => level === 'error');
};

/** What an installation would be refused for is a hint here: the deployment stands already. */
const hintsOf = (checked: Checked | null): Finding[] =>
  findingsOf(checked?.results ?? [])
    .filter(({ level }) => level === 'error' || level === 'warning')
    .map(finding => ({ ...finding, level: 'warning' }));

const once = (findings: readonly Finding[]): Finding[] =>
  findings.filter(
    ({ rule, message }, at) =>
      findings.findIndex(other => other.rule === rule && other.message === message) === at,
  );

export const diagnosisOf = (watching: Watching, awaited: Awaited, sources: Sources): Diagnosis => {
  const { looked, checked, report, measured } = sources;
  const { done, hopeless, notices, evidence } = looked.outlook;
  const serves = report?.verdict === 'serving';
  const findings = once([
    ...hopeless,
    ...(report?.findings ?? []),
    ...(done || hopeless.length > 0 ? [] : slow(watching, awaited, looked)),
    ...notices,
    ...measured.findings,
    // What answers lacks nothing: room that is gone is its own.
    ...(serves ? [] : hintsOf(checked)),
    ...looked.unreadable,
  ]);
  return { ...sources, findings, evidence };
};

/** Whether there is something that somebody has to see to. */
export const isSound = ({ findings }: Diagnosis): boolean =>
  findings.every(({ level }) => level === 'info' || level === 'unknown');
