/** A cause as it is found at one pod or role, and the findings that come of all of them together. */

import type { Finding } from '../../../../core/finding.ts';
import { quoted } from './lines.ts';
import type { Role, Scene } from './scene.ts';
import { whoIs } from './words.ts';

export type Diagnosis = {
  /** Stable code, a key of the wait's catalogue. */
  readonly rule: string;
  /** An error ends the wait; the others are said once. Their sentences hold no figure that grows with time. */
  readonly level: 'error' | 'warning' | 'info';
  readonly role: Role | null;
  /** What is wrong, as a sentence; `who` is `The worker`, or all roles that share the cause. */
  readonly message: (who: string) => string;
  readonly hint: string;
  /** Decisive lines, as they are. */
  readonly evidence: readonly string[];
  /** From when on it holds, milliseconds since 1970: what may pass by itself is given time. */
  readonly from: number;
};

export type Inspector = (scene: Scene) => readonly Diagnosis[];

/** Several pods with one cause are one finding. */
const sameCause = (a: Diagnosis, b: Diagnosis): boolean =>
  a.rule === b.rule && a.level === b.level && a.message('') === b.message('');

const gather = (diagnoses: readonly Diagnosis[]): Diagnosis[][] => {
  const groups: Diagnosis[][] = [];
  for (const one of diagnoses) {
    const group = groups.find(([first]) => first !== undefined && sameCause(first, one));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
};

const findingOf = (group: readonly Diagnosis[]): Finding[] => {
  const [first] = group;
  if (first === undefined) return [];
  const roles = group.flatMap(one => (one.role === null ? [] : [one.role]));
  return [
    {
      rule: first.rule,
      level: first.level,
      path: first.role?.component?.path ?? '',
      message: first.message(whoIs(roles)),
      hint: first.hint,
    },
  ];
};

export type Judged = {
  readonly hopeless: readonly Finding[];
  readonly notices: readonly Finding[];
  readonly evidence: readonly string[];
  /** When the next cause begins to hold; null when none is to come. */
  readonly next: number | null;
};

const mostFindings = 4;
const mostLines = 5;

const evidenceOf = (diagnoses: readonly Diagnosis[]): string[] =>
  [...new Set(diagnoses.flatMap(one => one.evidence).map(quoted))]
    .filter(line => line !== '')
    .slice(0, mostLines);

export const judge = (diagnoses: readonly Diagnosis[], now: number): Judged => {
  const holding = diagnoses.filter(one => one.from <= now);
  const errors = holding.filter(one => one.level === 'error');
  const others = holding.filter(
    one => one.level !== 'error' && !errors.some(error => error.rule === one.rule),
  );
  const coming = diagnoses.map(one => one.from).filter(from => from > now && Number.isFinite(from));
  return {
    hopeless: gather(errors).flatMap(findingOf).slice(0, mostFindings),
    notices: gather(others).flatMap(findingOf),
    evidence: evidenceOf(errors),
    next: coming.length === 0 ? null : Math.min(...coming),
  };
};

/** From when on something that began at `start` holds, if it is given `patience`. What began before the wait is given it from there. */
export const after = (scene: Scene, start: number | null, patience: number): number =>
  Math.max(start ?? scene.sight.since, scene.sight.since) + patience;

/** `of qwen3-30b`: a sentence about a role names the deployment it belongs to. */
export const ofDeployment = (scene: Scene): string => ` of ${scene.awaited.name}`;
