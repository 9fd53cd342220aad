/** Why a deployment that is there cannot be changed in place. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import type { PreflightInput, Replacement } from '../../../../core/preflight.ts';
import { listed } from '../../../../core/text.ts';
import { componentsOf } from '../graph.ts';
import { isDeleting } from './graphs.ts';
import { record, text } from './podspec.ts';
import { sceneOf } from './scene.ts';

const names = (graph: KubernetesObject): string[] => componentsOf(graph).map(({ name }) => name);

const without = (all: readonly string[], some: readonly string[]): string[] =>
  all.filter(name => !some.includes(name));

const topology = (before: KubernetesObject, after: KubernetesObject): string | null => {
  const added = without(names(after), names(before));
  const removed = without(names(before), names(after));
  if (added.length === 0 && removed.length === 0) return null;
  const parts = [
    ...(removed.length === 0 ? [] : [`${listed(removed)} would go`]),
    ...(added.length === 0 ? [] : [`${listed(added)} would come`]),
  ];
  return `the components of a deployment cannot change (${listed(parts)})`;
};

/** Components that run on several nodes each. */
const multinode = (graph: KubernetesObject): string[] => {
  const spec = record(graph['spec']);
  const entries: [string, unknown][] = Array.isArray(spec['components'])
    ? spec['components'].map(one => [text(record(one)['name']), one])
    : Object.entries(record(spec['services']));
  return entries.filter(([, one]) => record(one)['multinode'] !== undefined).map(([name]) => name);
};

const spread = (before: KubernetesObject, after: KubernetesObject): string | null => {
  const [old, next] = [multinode(before), multinode(after)];
  const changed = [...without(old, next), ...without(next, old)];
  return changed.length === 0 ? null : `${listed(changed)} cannot change between one node and several`;
};

const framework = (before: KubernetesObject, after: KubernetesObject): string | null => {
  const [old, next] = [before, after].map(graph => text(record(graph['spec'])['backendFramework']));
  return old === next ? null : `the backend framework cannot change (${old || 'none'} to ${next || 'none'})`;
};

/** Null for a new deployment, for one of another owner (it is refused), and for one that is being deleted. */
export const replacement = (input: PreflightInput): Replacement | null => {
  const { existing, updates, graph, name } = sceneOf(input);
  if (existing === null || graph === null || !updates || isDeleting(existing)) return null;
  const reasons = [topology, spread, framework]
    .map(rule => rule(existing, graph))
    .filter(reason => reason !== null);
  return reasons.length === 0
    ? null
    : { reason: `The deployment ${name} cannot be changed in place: ${listed(reasons)}.` };
};
