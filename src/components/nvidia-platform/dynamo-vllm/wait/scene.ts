/** Everything that is known, sorted by what it belongs to: the roles with their present pods, the Jobs, the graph. Read once per look. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import type { Awaited, Sight } from '../../../../core/sight.ts';
import { type Component, componentsOf, isGraph } from '../graph.ts';
import { aboutOf, childPattern, clockSlackMs, type Happening, happeningsOf, isAbout } from './events.ts';
import { labelsOf, list, metadataOf, nameOf, record, text } from './members.ts';
import { moment } from './moment.ts';
import { claimsOf, conditionsOf, type Pod, podOf } from './pods.ts';
import { isCurrent } from './template.ts';

/** What a role is there for: it decides which stages and which causes are looked for. */
export type RoleKind = 'download' | 'frontend' | 'engine' | 'other';

export type Role = {
  /** `model download`, or the component's name. */
  readonly name: string;
  readonly kind: RoleKind;
  /** Null for a download. */
  readonly component: Component | null;
  readonly wanted: number;
  /** Pods of the present template that are not on their way out, oldest first. */
  readonly pods: readonly Pod[];
  /** Events about what stands between the deployment and the pods, such as a ReplicaSet that is not allowed to create them. */
  readonly events: readonly Happening[];
};

export type JobState = {
  readonly name: string;
  readonly complete: boolean;
  /** When it completed; null before, and when nobody says. */
  readonly completedAt: number | null;
  /** Reason and message; null when it has not failed. */
  readonly failed: { readonly reason: string; readonly message: string } | null;
};

export type Scene = {
  readonly awaited: Awaited;
  readonly sight: Sight;
  /** The graph as it lives; null when it was not seen. */
  readonly graph: KubernetesObject | null;
  /** The graph as it was applied; null when only other objects are waited for. */
  readonly wanted: KubernetesObject | null;
  readonly jobs: readonly JobState[];
  readonly roles: readonly Role[];
  /** Events about claims that our pods mount. */
  readonly claimEvents: readonly Happening[];
  readonly graphEvents: readonly Happening[];
};

const downloadRole = 'model download';
const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';
const componentLabel = 'nvidia.com/dynamo-component';
const jobLabels = ['batch.kubernetes.io/job-name', 'job-name'] as const;

const isJob = (object: KubernetesObject): boolean => object.kind === 'Job';

const kindOf = (component: Component): RoleKind => {
  if (component.type === 'frontend') return 'frontend';
  const runs = [...component.command, ...component.args].some(word => word.includes('dynamo.vllm'));
  if (runs || component.gpu !== null) return 'engine';
  return [...component.command, ...component.args].some(word => word.includes('dynamo.frontend'))
    ? 'frontend'
    : 'other';
};

const jobStateOf = (object: unknown): JobState => {
  const conditions = conditionsOf(record(object).status);
  const failed = conditions.Failed ?? conditions.FailureTarget;
  return {
    name: nameOf(object),
    complete: conditions.Complete?.status === 'True' || conditions.SuccessCriteriaMet?.status === 'True',
    completedAt: moment(record(record(object).status).completionTime) ?? conditions.Complete?.since ?? null,
    failed: failed?.status === 'True' ? { reason: failed.reason, message: failed.message } : null,
  };
};

const jobOf = (pod: Pod): string => {
  const label = jobLabels.map(key => pod.labels[key]).find(name => name !== undefined);
  return label ?? '';
};

/** The component a pod belongs to; null for pods of others. */
const belongsTo = (pod: Pod, name: string, component: Component): boolean => {
  if (pod.labels[graphLabel] !== name) return false;
  const said = pod.labels[componentLabel];
  if (said !== undefined) return said.toLowerCase() === component.name.toLowerCase();
  return pod.name.startsWith(`${name}-${component.name.toLowerCase()}-`);
};

const byAge = (a: Pod, b: Pod): number => (a.created ?? 0) - (b.created ?? 0);

const presentPods = (pods: readonly Pod[], component: Component | null, sight: Sight): Pod[] => {
  const staying = pods.filter(pod => !pod.deleting).sort(byAge);
  return staying.filter(pod => isCurrent(pod, staying, component, sight));
};

/** Recent enough to be about this wait, whichever clock is ahead. */
const isRecent = (event: Happening, since: number): boolean =>
  event.last === null || event.last >= since - clockSlackMs;

const graphRoles = (
  name: string,
  graph: KubernetesObject,
  pods: readonly Pod[],
  events: readonly Happening[],
  sight: Sight,
): Role[] =>
  componentsOf(graph).map(component => {
    const child = childPattern(name, component.name);
    const own = pods.filter(pod => belongsTo(pod, name, component));
    return {
      name: component.name,
      kind: kindOf(component),
      component,
      wanted: Number.isFinite(component.replicas) ? component.replicas : 1,
      pods: presentPods(own, component, sight),
      events: events.filter(event => event.kind !== 'Pod' && child.test(event.name)),
    };
  });

const jobRoles = (
  jobs: readonly string[],
  pods: readonly Pod[],
  events: readonly Happening[],
  sight: Sight,
): Role[] =>
  jobs.map(job => ({
    name: jobs.length === 1 ? downloadRole : job,
    kind: 'download',
    component: null,
    wanted: 1,
    pods: presentPods(
      pods.filter(pod => jobOf(pod) === job),
      null,
      sight,
    ),
    events: events.filter(event => event.kind === 'Job' && event.name === job),
  }));

const isOurs = (object: unknown, name: string): boolean =>
  labelsOf(object)['app.kubernetes.io/instance'] === name;

/** Jobs that were applied; without any, those seen that carry the deployment's label. Others of that label are of former settings. */
const jobNames = (awaited: Awaited, sight: Sight): string[] => {
  const applied = awaited.objects.filter(isJob).map(nameOf);
  const seen = sight.jobs.filter(job => isOurs(job, awaited.name)).map(nameOf);
  return [...new Set(applied.length > 0 ? applied : seen)].filter(name => name !== '');
};

const podsFrom = (sight: Sight, events: readonly Happening[]): Pod[] =>
  sight.pods.map(object => {
    const [name, uid] = [nameOf(object), text(metadataOf(object).uid)];
    return podOf(
      object,
      events.filter(event => isAbout(event, name, uid)),
    );
  });

const otherKinds: readonly string[] = ['Job', 'PersistentVolumeClaim'];

/** A shared namespace has thousands of events; only those that can be about us are read at all. */
const eventsNear = (awaited: Awaited, sight: Sight): readonly unknown[] => {
  const pods = new Set(sight.pods.map(nameOf));
  return sight.events.filter(event => {
    const { kind, name } = aboutOf(event);
    if (kind === 'Pod') return pods.has(name);
    return otherKinds.includes(kind) || name.startsWith(awaited.name);
  });
};

/** The live graph has what other field managers decide; before it was seen, the one that was applied stands in. */
const speaking = (live: KubernetesObject | null, wanted: KubernetesObject | null): KubernetesObject | null =>
  live !== null && componentsOf(live).length > 0 ? live : wanted;

export const sceneOf = (awaited: Awaited, sight: Sight): Scene => {
  const events = happeningsOf(eventsNear(awaited, sight));
  const pods = podsFrom(sight, events);
  const recent = events.filter(event => isRecent(event, sight.since));
  const wanted = awaited.objects.find(object => text(object.apiVersion) !== '' && isGraph(object)) ?? null;
  const graph = speaking(sight.graph, wanted);
  const names = jobNames(awaited, sight);
  const roles = [
    ...jobRoles(names, pods, recent, sight),
    ...(graph === null ? [] : graphRoles(awaited.name, graph, pods, recent, sight)),
  ];
  const claims = new Set(roles.flatMap(role => role.pods.flatMap(claimsOf)));
  return {
    awaited,
    sight,
    graph: sight.graph,
    wanted,
    jobs: list(sight.jobs)
      .map(jobStateOf)
      .filter(job => names.includes(job.name)),
    roles,
    claimEvents: recent.filter(event => event.kind === 'PersistentVolumeClaim' && claims.has(event.name)),
    graphEvents: recent.filter(
      event => event.kind === 'DynamoGraphDeployment' && event.name === awaited.name,
    ),
  };
};

/** Pods with the role they play. */
export const podsIn = (scene: Scene): { readonly role: Role; readonly pod: Pod }[] =>
  scene.roles.flatMap(role => role.pods.map(pod => ({ role, pod })));

export const jobOfRole = (scene: Scene, role: Role): JobState | undefined =>
  role.kind !== 'download'
    ? undefined
    : scene.jobs.find(job => role.name === downloadRole || job.name === role.name);
