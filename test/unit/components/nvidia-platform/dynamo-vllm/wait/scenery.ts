/** Builds what a wait may see: deployments as this program writes them, and pods, events and logs as a cluster gives them. */

import { expect } from 'vitest';
import { componentsOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/graph.ts';
import { watching } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/wait/watching.ts';
import type { Finding } from '../../../../../../src/core/finding.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import type { Awaited, Outlook, Sight } from '../../../../../../src/core/sight.ts';
import { draftFrom } from '../../../../../kit/draft.ts';

/** The wait begins here; all times of tests are seconds after it. */
const begin = Date.parse('2026-11-21T08:00:00Z');

export const moment = (seconds: number): number => begin + seconds * 1000;
export const time = (seconds: number): string =>
  new Date(moment(seconds)).toISOString().replace('.000Z', 'Z');

type Data = Readonly<Record<string, unknown>>;
type Labels = Readonly<Record<string, string>>;

const gib = 2 ** 30;

/** What was applied, from answers as a person would give them. */
export const deployed = (
  answers: Readonly<Record<string, Value>>,
  weightsGiB: number | null = 29,
): Awaited => {
  const { manifests, settings } = draftFrom(answers);
  return {
    name: String(settings.name),
    namespace: String(settings.namespace),
    objects: manifests.map(manifest => manifest.object),
    weightsBytes: weightsGiB === null ? null : Math.round(weightsGiB * gib),
  };
};

/** What was applied, from manifests of somebody else. */
export const applied = (...objects: readonly KubernetesObject[]): Awaited => {
  const [first] = objects;
  return {
    name: first?.metadata.name ?? '',
    namespace: first?.metadata.namespace ?? 'default',
    objects,
    weightsBytes: null,
  };
};

export const graphIn = (awaited: Awaited): KubernetesObject => {
  const found = awaited.objects.find(object => object.kind === 'DynamoGraphDeployment');
  if (found === undefined) throw new Error('There is no graph among these objects.');
  return found;
};

const jobIn = (awaited: Awaited): KubernetesObject => {
  const found = awaited.objects.find(object => object.kind === 'Job');
  if (found === undefined) throw new Error('There is no Job among these objects.');
  return found;
};

/** The live graph: with the finalizer, and a status as `state` says. */
export const liveGraph = (awaited: Awaited, status: Data = {}, metadata: Data = {}): KubernetesObject => {
  const graph = graphIn(awaited);
  return {
    ...graph,
    metadata: {
      ...graph.metadata,
      generation: 1,
      creationTimestamp: time(0),
      finalizers: ['nvidia.com/finalizer'],
      ...metadata,
    } as KubernetesObject['metadata'],
    status: {
      state: 'pending',
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'some_resources_are_not_ready',
          lastTransitionTime: time(0),
        },
      ],
      ...status,
    },
  };
};

type PodChange = {
  readonly name?: string;
  readonly node?: string | null;
  readonly created?: number;
  readonly metadata?: Data;
  readonly labels?: Labels;
  readonly spec?: Data;
  readonly status?: Data;
};

const scheduled = (node: string | null, created: number, message = ''): Data => ({
  type: 'PodScheduled',
  status: node === null ? 'False' : 'True',
  lastTransitionTime: time(created),
  ...(node === null ? { reason: 'Unschedulable', message } : {}),
});

const templateOf = (awaited: Awaited, name: string) => {
  const component = componentsOf(graphIn(awaited)).find(one => one.name === name);
  if (component === undefined) throw new Error(`There is no component ${name}.`);
  return component;
};

/** A pod of a component, made as the operator makes it. */
export const podOf = (awaited: Awaited, component: string, change: PodChange = {}): KubernetesObject => {
  const template = templateOf(awaited, component);
  const child = `${awaited.name}-${component.toLowerCase()}`;
  const name = change.name ?? `${child}-6c9f7d8b5-x2kqp`;
  const { node = 'node-0', created = 1 } = change;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: awaited.namespace,
      uid: `uid-${name}`,
      creationTimestamp: time(created),
      labels: {
        'nvidia.com/dynamo-graph-deployment-name': awaited.name,
        'nvidia.com/dynamo-component': component,
        'nvidia.com/selector': child,
        'pod-template-hash': '6c9f7d8b5',
        ...change.labels,
      },
      ...change.metadata,
    } as KubernetesObject['metadata'],
    spec: {
      ...(node === null ? {} : { nodeName: node }),
      containers: [
        {
          name: 'main',
          image: template.image,
          command: template.command,
          args: template.args,
          env: template.env,
          livenessProbe: { failureThreshold: 3, periodSeconds: 5 },
          resources: { limits: { 'nvidia.com/gpu': template.gpu } },
          volumeMounts: [{ name: 'shared-memory', mountPath: '/dev/shm' }],
        },
      ],
      volumes: [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } }],
      ...change.spec,
    },
    status: { phase: 'Pending', conditions: [scheduled(node, created)], ...change.status },
  };
};

/** A pod of the download Job. */
export const downloadPod = (awaited: Awaited, change: PodChange = {}): KubernetesObject => {
  const job = jobIn(awaited);
  const { node = 'node-0', created = 0 } = change;
  const name = change.name ?? `${job.metadata.name}-zx81k`;
  const { template } = job.spec as { template: { spec: Data; metadata: { labels: Labels } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: awaited.namespace,
      uid: `uid-${name}`,
      creationTimestamp: time(created),
      labels: { ...template.metadata.labels, 'batch.kubernetes.io/job-name': job.metadata.name },
    } as KubernetesObject['metadata'],
    spec: { ...template.spec, ...(node === null ? {} : { nodeName: node }), ...change.spec },
    status: { phase: 'Pending', conditions: [scheduled(node, created)], ...change.status },
  };
};

/** The download Job as it lives, with conditions. */
export const liveJob = (awaited: Awaited, status: Data = {}): KubernetesObject => {
  return { ...jobIn(awaited), status };
};

export const completeJob = (awaited: Awaited, seconds: number): KubernetesObject =>
  liveJob(awaited, {
    completionTime: time(seconds),
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: time(seconds) }],
  });

type ContainerChange = {
  readonly name?: string;
  readonly restarts?: number;
  readonly ready?: boolean;
  readonly state?: Data;
  readonly last?: Data;
};

/** One container's status; it does not run unless `state` says so. */
export const container = ({
  name = 'main',
  restarts = 0,
  ready = false,
  state,
  last,
}: ContainerChange): Data => ({
  name,
  ready,
  restartCount: restarts,
  image: '',
  state: state ?? {},
  ...(last === undefined ? {} : { lastState: { terminated: last } }),
});

export const running = (seconds: number): Data => ({ running: { startedAt: time(seconds) } });
export const waiting = (reason: string, message = ''): Data => ({ waiting: { reason, message } });
export const ended = (exitCode: number, seconds: number, reason = 'Error', more: Data = {}): Data => ({
  exitCode,
  reason,
  finishedAt: time(seconds),
  ...more,
});

/** The status of a pod whose one container is ready. */
export const readyStatus = (seconds: number): Data => ({
  phase: 'Running',
  conditions: [scheduled('node-0', 1), { type: 'Ready', status: 'True', lastTransitionTime: time(seconds) }],
  containerStatuses: [container({ ready: true, state: running(seconds - 5) })],
});

/** The status of a pod whose container runs, and is not ready. */
export const runningStatus = (seconds: number): Data => ({
  phase: 'Running',
  conditions: [scheduled('node-0', 1)],
  containerStatuses: [container({ state: running(seconds) })],
});

/** The status of a container that has failed and waits to be started again. */
export const crashed = (exitCode: number, seconds: number, restarts = 1, more: Data = {}): Data => ({
  phase: 'Running',
  conditions: [scheduled('node-0', 1)],
  containerStatuses: [
    container({
      restarts,
      state: waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=main'),
      last: ended(exitCode, seconds, 'Error', more),
    }),
  ],
});

export const unschedulable = (message: string, seconds: number): Data => ({
  phase: 'Pending',
  conditions: [scheduled(null, seconds, message)],
});

type EventChange = {
  readonly type?: string;
  readonly count?: number;
  readonly first?: number;
  readonly uid?: string;
};

let serial = 0;

/** An event about any object. */
export const event = (
  about: { readonly kind: string; readonly metadata: { readonly name: string } },
  seconds: number,
  reason: string,
  message: string,
  change: EventChange = {},
): KubernetesObject => {
  serial += 1;
  const uid = change.uid ?? (about.metadata as { uid?: string }).uid;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event-${serial}` },
    involvedObject: { kind: about.kind, name: about.metadata.name, ...(uid === undefined ? {} : { uid }) },
    type: change.type ?? 'Warning',
    reason,
    message,
    count: change.count ?? 1,
    firstTimestamp: time(change.first ?? seconds),
    lastTimestamp: time(seconds),
  };
};

/** A sight `seconds` after the wait began; what is not said is empty. */
export const seen = (seconds: number, some: Partial<Omit<Sight, 'now' | 'since'>> = {}): Sight => ({
  now: moment(seconds),
  since: moment(0),
  graph: null,
  jobs: [],
  pods: [],
  events: [],
  logs: {},
  ...some,
});

export const look = (awaited: Awaited, sight: Sight): Outlook => watching.outlook(awaited, sight);

/** Messages and hints, as a person reads them. */
export const textOf = (findings: readonly Finding[]): string =>
  findings.map(one => `${one.message}\n${one.hint}`).join('\n');

/** One error, that says all of it and nothing else, in a sentence with a hint. */
export const names = (
  outlook: Outlook,
  rule: string,
  said: readonly RegExp[],
  unsaid: readonly RegExp[] = [],
): void => {
  expect(outlook.hopeless.map(one => one.rule)).toEqual([rule]);
  const text = textOf(outlook.hopeless);
  for (const pattern of said) expect(text).toMatch(pattern);
  for (const pattern of unsaid) expect(text).not.toMatch(pattern);
  for (const { message, hint } of outlook.hopeless) {
    expect(message).toMatch(/\.$/);
    expect(hint).not.toBe('');
    // A command stands at the end, where it can be copied as it is.
    if (/kubectl |\.\/cli /.test(hint)) expect(hint).toMatch(/: (kubectl|\.\/cli) [^;]*[^.;]$/);
  }
};

/** What is made of a component whose container has died, two seconds after it. */
export const died = (
  awaited: Awaited,
  component: string,
  lines: readonly string[],
  exitCode = 1,
  change: PodChange = {},
): Outlook => {
  const pod = podOf(awaited, component, { status: crashed(exitCode, 30), ...change });
  const logs = { [`${pod.metadata.name}/main/previous`]: lines };
  return look(awaited, seen(32, { graph: liveGraph(awaited), pods: [pod], logs }));
};
