/** What a change of settings does to the pods of each role, from two drafts and the deployment as it lives. */

import type { ChangeInput, Fate, RoleChange } from '../../../../core/changes.ts';
import type { Draft } from '../../../../core/component.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { dialectFor } from '../dialect.ts';
import { componentsOf, isGraph } from '../graph.ts';
import type { Plan, Role } from '../plan.ts';
import { list, record, text } from '../preflight/podspec.ts';
import { argumentChanges, variableChanges } from './arguments.ts';
import { type Difference, differencesOf } from './difference.ts';

const planOf = ({ plan }: Draft): Plan | null => plan as Plan | null;

const graphOf = ({ manifests }: Draft): KubernetesObject | null =>
  manifests.map(({ object }) => object).find(isGraph) ?? null;

/** Components as they are written, by name, without their number. */
const writtenIn = (graph: KubernetesObject): Map<string, string> => {
  const spec = record(graph['spec']);
  const entries: (readonly [string, unknown])[] = Array.isArray(spec['components'])
    ? list(spec['components']).map(one => [text(record(one)['name']), one])
    : Object.entries(record(spec['services']));
  return new Map(entries.map(([name, one]) => [name, JSON.stringify({ ...record(one), replicas: null })]));
};

/** What no list of nouns names: volumes, memory, probes, the strategy of updates. */
const rest = (before: KubernetesObject, after: KubernetesObject): Map<string, readonly string[]> => {
  if (before.apiVersion !== after.apiVersion) return new Map();
  const [old, now] = [writtenIn(before), writtenIn(after)];
  return new Map(
    [...now]
      .filter(([name, one]) => old.has(name) && old.get(name) !== one)
      .map(([name]) => [name, ['pod template']]),
  );
};

/** The general noun is only for what nothing else tells. */
const tidy = (reasons: readonly string[]): readonly string[] =>
  reasons.length > 1 ? reasons.filter(reason => reason !== 'pod template') : reasons;

const merged = (first: readonly Difference[], second: readonly Difference[]): Difference[] =>
  first.map(one => {
    const other = second.find(({ name }) => name === one.name);
    return { ...one, reasons: [...new Set([...one.reasons, ...(other?.reasons ?? [])])] };
  });

const fateOf = ({ replicas: [before, after], reasons }: Difference): Fate => {
  if (reasons.length > 0) return 'replaced';
  return before === after ? 'kept' : 'scaled';
};

type Pair<T> = { readonly before: T; readonly after: T };

const detailsOf = (plans: Pair<Plan>, name: string): string[] => {
  const byName = ({ roles }: Plan): Role | undefined => roles.find(({ component }) => component === name);
  const [before, after] = [byName(plans.before), byName(plans.after)];
  if (before === undefined || after === undefined) return [];
  const dialects = {
    before: dialectFor(plans.before.operatorRelease, plans.before.release),
    after: dialectFor(plans.after.operatorRelease, plans.after.release),
  };
  const roles = { before, after };
  return [...argumentChanges(roles, dialects), ...variableChanges(roles, dialects)];
};

/** Roles that only one of the plans has. */
const only = (plan: Plan, other: Plan, fate: 'added' | 'removed'): RoleChange[] =>
  plan.roles
    .filter(({ component }) => !other.roles.some(one => one.component === component))
    .map(({ component, replicas, gpus }) => ({
      role: component,
      fate,
      before: fate === 'added' ? 0 : replicas,
      after: fate === 'added' ? replicas : 0,
      gpus,
      reasons: [],
      details: [],
    }));

/** A live deployment that was changed by hand has other replicas than its answers say. */
const livePods = (live: KubernetesObject | null, name: string): number | undefined =>
  live === null ? undefined : componentsOf(live).find(one => one.name === name)?.replicas;

/** Null where one of the drafts has no plan. */
const pairOf = ({ before, after }: ChangeInput) => {
  const plans = { before: planOf(before), after: planOf(after) };
  const graphs = { before: graphOf(before), after: graphOf(after) };
  if (plans.before === null || plans.after === null) return null;
  if (graphs.before === null || graphs.after === null) return null;
  return {
    plans: { before: plans.before, after: plans.after },
    graphs: { before: graphs.before, after: graphs.after },
  };
};

export const roleChanges = (input: ChangeInput): RoleChange[] => {
  const pair = pairOf(input);
  if (pair === null) return [];
  const { plans, graphs } = pair;
  const { live, operatorRelease } = input;
  const release = operatorRelease ?? plans.after.operatorRelease;
  const written = differencesOf(graphs.before, graphs.after, release, rest(graphs.before, graphs.after));
  const lived = live === null ? [] : differencesOf(live, graphs.after, release);
  const there = merged(written, lived).map((one): RoleChange => {
    const before = livePods(live, one.name) ?? one.replicas[0];
    const change = { ...one, replicas: [before, one.replicas[1]] as const, reasons: tidy(one.reasons) };
    const role = plans.after.roles.find(({ component }) => component === one.name);
    return {
      role: one.name,
      fate: fateOf(change),
      before,
      after: one.replicas[1],
      gpus: role?.gpus ?? 0,
      reasons: change.reasons,
      details: detailsOf(plans, one.name),
    };
  });
  return [
    ...there,
    ...only(plans.after, plans.before, 'added'),
    ...only(plans.before, plans.after, 'removed'),
  ];
};
