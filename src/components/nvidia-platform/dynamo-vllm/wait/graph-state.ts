/** What the deployment itself says: nobody looks after it, it failed, it is being deleted, the operator cannot build it. */

import { after, type Diagnosis, type Inspector } from './diagnosis.ts';
import type { Happening } from './events.ts';
import { count, list, metadataOf, number, record, text } from './members.ts';
import { moment } from './moment.ts';
import { conditionsOf } from './pods.ts';
import type { Role, Scene } from './scene.ts';

/** An operator that is there answers in half a second; a crowded one may take longer. */
const silenceMs = 30_000;
/** A deployment that another wait left without a status is still looked at for so long. */
const secondLookMs = 20_000;
/** Conflicts and caches that are not filled yet pass within a second or two. */
const failedMs = 3_000;
const passingMs = 30_000;
const goneMs = 20_000;

const deployment = ({ awaited }: Scene): string => `${awaited.name} in namespace ${awaited.namespace}`;

const finding = (
  rule: string,
  message: string,
  hint: string,
  from: number,
  evidence: readonly string[] = [],
): Diagnosis => ({ rule, level: 'error', role: null, message: () => message, hint, evidence, from });

const gone = (scene: Scene): Diagnosis[] =>
  scene.graph !== null || scene.wanted === null
    ? []
    : [
        finding(
          'graph-gone',
          `There is no deployment ${deployment(scene)} any more.`,
          'Somebody has deleted it; run again to make it anew.',
          scene.sight.since + goneMs,
        ),
      ];

const deleted = (scene: Scene): Diagnosis[] =>
  metadataOf(scene.graph).deletionTimestamp === undefined
    ? []
    : [
        finding(
          'graph-deleted',
          `The deployment ${deployment(scene)} is being deleted.`,
          'Wait until it and its pods are gone, then install again.',
          0,
        ),
      ];

const hasChildren = ({ roles }: Scene): boolean =>
  roles.some(role => role.kind !== 'download' && (role.pods.length > 0 || role.events.length > 0));

/** An operator writes its finalizer first of all, and a status soon after. */
const unattended = (scene: Scene): Diagnosis[] => {
  const status = record(scene.graph?.status);
  const touched = list(metadataOf(scene.graph).finalizers).length > 0 || text(status.state) !== '';
  if (scene.graph === null || touched || list(status.conditions).length > 0 || hasChildren(scene)) return [];
  const made = moment(metadataOf(scene.graph).creationTimestamp) ?? scene.sight.since;
  const { namespace } = scene.awaited;
  return [
    finding(
      'graph-unattended',
      `No Dynamo operator takes up the deployment ${deployment(scene)}: half a minute after it was made it has no status, no finalizer and no pods.`,
      `Install into the namespace that the operator watches, or lift its restriction (--restrictedNamespace) for ${namespace}; look whether it runs and what it watches: kubectl get deployments -A -o yaml -l app.kubernetes.io/part-of=dynamo-operator`,
      Math.max(made + silenceMs, scene.sight.since + secondLookMs),
    ),
  ];
};

const passes =
  /object has been modified|connection refused|timed? ?out|context deadline|not found|no matches for kind|EOF|too many requests|try again/i;

const explained: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  {
    sign: /no multinode orchestrator available/,
    hint: 'Workers that span nodes need Grove or LeaderWorkerSet; install one, or use one node per worker.',
  },
  {
    sign: /PVC|PersistentVolumeClaim/i,
    hint: 'Make the claim that the deployment names, or name one that is there with --model-cache claim:NAME.',
  },
  { sign: /must be no more than 63 characters|exceeds 45/, hint: 'Choose a shorter --name.' },
  { sign: /Duplicate value/, hint: 'Set every environment variable once.' },
  {
    sign: /already exists/,
    hint: 'An object of that name belongs to something else: remove it, or choose another --name.',
  },
];

const hintFor = (message: string, scene: Scene): string =>
  explained.find(({ sign }) => sign.test(message))?.hint ??
  `See: kubectl -n ${scene.awaited.namespace} describe dynamographdeployment ${scene.awaited.name}`;

const failed = (scene: Scene): Diagnosis[] => {
  const status = record(scene.graph?.status);
  if (text(status.state) !== 'failed') return [];
  const ready = conditionsOf(status).Ready;
  const message = ready?.message ?? '';
  return [
    finding(
      'graph-failed',
      `The operator gave up on the deployment ${deployment(scene)}: ${(message || ready?.reason || 'its state is failed').replace(/\.\s*$/, '')}.`,
      hintFor(message, scene),
      after(scene, ready?.since ?? null, passes.test(message) ? passingMs : failedMs),
      [message],
    ),
  ];
};

const real =
  /is invalid|Invalid value|Required value|Unsupported value|Duplicate value|denied the request|must |mismatch|failed to generate|forbidden|is required|cannot /;

const refusedChild = (scene: Scene, role: Role | null, event: Happening): Diagnosis => ({
  rule: 'graph-not-built',
  level: 'error',
  role,
  message: who =>
    `The operator cannot build ${role === null ? 'the deployment' : who.toLowerCase()} ${role === null ? deployment(scene) : `of ${scene.awaited.name}`}: ${event.message.replace(/\.\s*$/, '').slice(0, 300)}.`,
  hint: hintFor(event.message, scene),
  evidence: [event.message],
  from: after(scene, event.first, failedMs),
});

const builders = [
  'ReconcileError',
  'CreateDeployment',
  'UpdateDeployment',
  'CreateService',
  'FailedReconcile',
];

const isRealError = (event: Happening): boolean =>
  event.warning &&
  builders.includes(event.reason) &&
  real.test(event.message) &&
  !/object has been modified/.test(event.message);

/** Pods that came in spite of it show that it passed. */
const notBuilt = (scene: Scene): Diagnosis[] => {
  if (text(record(scene.graph?.status).state) === 'successful') return [];
  const ofRoles = scene.roles
    .filter(role => role.kind !== 'download' && role.pods.length < role.wanted)
    .flatMap(role =>
      role.events
        .filter(isRealError)
        .slice(-1)
        .map(event => refusedChild(scene, role, event)),
    );
  const own = scene.graphEvents.filter(isRealError).slice(-1);
  return [...ofRoles, ...own.map(event => refusedChild(scene, null, event))];
};

const staleMs = 60_000;

/** When anybody wrote its spec last; a look may have begun long before. What writes the status says so. */
const writtenAt = (scene: Scene): number =>
  Math.max(
    scene.sight.since,
    ...list(metadataOf(scene.graph).managedFields)
      .map(record)
      .filter(({ subresource }) => subresource === undefined)
      .map(({ time }) => moment(time) ?? 0),
  );

/** The change was accepted, and the operator has not taken it up. */
const unobserved = (scene: Scene): Diagnosis[] => {
  const observed = number(record(scene.graph?.status).observedGeneration);
  const generation = count(metadataOf(scene.graph).generation);
  if (observed === null || observed >= generation) return [];
  return [
    {
      ...finding(
        'graph-not-observed',
        `The operator has not taken up the last change of the deployment ${deployment(scene)} (generation ${generation}, seen ${observed}).`,
        'Look whether the Dynamo operator runs: kubectl get pods -A | grep dynamo-operator',
        writtenAt(scene) + staleMs,
      ),
      level: 'warning',
    },
  ];
};

export const inspectGraph: Inspector = scene => {
  if (scene.graph === null) return gone(scene);
  const ending = deleted(scene);
  if (ending.length > 0) return ending;
  return [...unattended(scene), ...failed(scene), ...notBuilt(scene), ...unobserved(scene)];
};
