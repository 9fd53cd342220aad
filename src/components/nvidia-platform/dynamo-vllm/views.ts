/** The plan as the templates want it: every name a template uses exists here, null where there is nothing to say. */

import { hashData } from '../../../core/hash.ts';
import { answersAnnotation, cacheLabel, podLabels, programAnnotation, topLabels } from './labels.ts';
import type { ModelCache, Placement, Plan, Role, Variable } from './plan.ts';

export type View = Readonly<Record<string, unknown>>;
export type Rendering = { readonly template: string; readonly kind: string; readonly view: View };

const cacheVolume = 'model-cache';
const diskVolume = 'kvbm-disk';

const envView = (env: readonly Variable[]) =>
  env.map(variable => ('secret' in variable ? { ...variable, value: null } : { ...variable, secret: null }));

const orNull = <T extends object>(map: T): T | null => (Object.keys(map).length === 0 ? null : map);
const listOrNull = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list);

type Volume = { readonly name: string; readonly claim: string | null; readonly sizeLimit: string | null };

const podView = (plan: Plan, placement: Placement, volumes: readonly Volume[]) => ({
  pullSecrets: listOrNull(plan.imagePullSecrets),
  nodeSelector: orNull(placement.nodeSelector),
  tolerations: listOrNull(placement.tolerations),
  together: placement.togetherBy === null ? null : { [cacheLabel]: placement.togetherBy },
  volumes: listOrNull(volumes),
});

const annotations = (hash: string, program: string) => ({
  [answersAnnotation]: hash,
  [programAnnotation]: program,
});

const metadata = (plan: Plan, program: string, name: string, component: string) => ({
  name,
  namespace: plan.namespace,
  labels: topLabels(plan.name, component, plan.release),
  annotations: annotations(plan.answersHash, program),
});

/** Objects that deployments share: no instance, and a hash over what shapes them alone, so that a second deployment changes nothing. */
const sharedMetadata = (
  name: string,
  namespace: string | null,
  component: string,
  shape: unknown,
  program: string,
) => ({
  name,
  namespace,
  labels: topLabels(null, component, null),
  annotations: annotations(hashData(shape, 16), program),
});

const labelsOf = (plan: Plan, component: string) => ({
  ...podLabels(plan.name, component),
  ...(plan.cache === null ? {} : { [cacheLabel]: plan.cache.claim }),
});

const claimVolume = (cache: ModelCache): Volume => ({
  name: cacheVolume,
  claim: cache.claim,
  sizeLimit: null,
});

/** `v1alpha1` names GPUs `gpu` and puts other resources below `custom`; from v1beta1 on they are Kubernetes' own. */
const resourcesView = (role: Role, beta: boolean) => {
  const limits = {
    ...(role.gpus === 0 ? {} : { [beta ? 'nvidia.com/gpu' : 'gpu']: String(role.gpus) }),
    ...role.limits,
  };
  const { memory, ...custom } = role.requests;
  const alpha = {
    ...(memory === undefined ? {} : { memory }),
    ...(Object.keys(custom).length === 0 ? {} : { custom }),
  };
  const requests = beta ? role.requests : alpha;
  return orNull({ ...(orNull(requests) && { requests }), ...(orNull(limits) && { limits }) });
};

const waiterView = (plan: Plan, cache: ModelCache, volume: string) => ({
  image: plan.image,
  volume,
  mountPath: cache.mountPath,
  env: envView([
    { name: 'MODEL_ID', value: plan.model.id },
    { name: 'MODEL_REVISION', value: plan.model.revision },
    { name: 'MODEL_DIR', value: plan.model.path },
  ]),
});

const subTypes: Readonly<Record<string, string>> = { prefill: 'prefill', decode: 'decode' };

const mountsOf = (plan: Plan, role: Role, beta: boolean) => [
  ...(beta && plan.cache !== null ? [{ name: cacheVolume, path: plan.cache.mountPath }] : []),
  ...(role.disk === null ? [] : [{ name: diskVolume, path: role.disk.path }]),
];

const volumesOf = (plan: Plan, role: Role, beta: boolean): Volume[] => [
  ...(beta && plan.cache !== null ? [claimVolume(plan.cache)] : []),
  ...(role.disk === null ? [] : [{ name: diskVolume, claim: null, sizeLimit: role.disk.size }]),
];

/** What only pods with the model's claim have. In v1alpha1 the operator adds the claim's volume itself and names it like the claim. */
const cacheParts = (plan: Plan, beta: boolean) => {
  const { cache } = plan;
  if (cache === null) return { cacheVolume: null, mountPath: null, waiter: null };
  const volume = beta ? cacheVolume : cache.claim;
  return { cacheVolume: volume, mountPath: cache.mountPath, waiter: waiterView(plan, cache, volume) };
};

const roleView = (plan: Plan, role: Role, beta: boolean) => {
  const resources = resourcesView(role, beta);
  return {
    ...podView(plan, role.placement, volumesOf(plan, role, beta)),
    ...cacheParts(plan, beta),
    component: role.component,
    type: beta || role.gpus === 0 ? role.kind : 'worker',
    subType: subTypes[role.kind] ?? null,
    replicas: role.replicas,
    runtimeVersionOverride: plan.runtimeVersionOverride,
    podLabels: labelsOf(plan, role.kind),
    update: role.update ?? null,
    resources: resources === null ? null : { requests: null, limits: null, ...resources },
    sharedMemory: role.sharedMemory,
    // The default kills a worker after one late answer, which compiling kernels causes; a probe of one's own must be complete.
    liveness: role.gpus > 0 ? true : null,
    startup: role.startup ?? null,
    env: listOrNull(envView(role.env)),
    image: plan.image,
    command: listOrNull(role.command),
    args: listOrNull(role.args),
    mounts: listOrNull(mountsOf(plan, role, beta)),
  };
};

const namespaceView = (plan: Plan, program: string): Rendering[] =>
  plan.createNamespace
    ? [
        {
          template: 'namespace',
          kind: 'Namespace',
          view: sharedMetadata(plan.namespace, null, 'namespace', plan.namespace, program),
        },
      ]
    : [];

const claimView = (plan: Plan, program: string): Rendering[] => {
  const { cache } = plan;
  if (cache === null || !cache.create) return [];
  const { accessMode, size, storageClass } = cache;
  const shape = { accessMode, size, storageClass };
  const view = { ...sharedMetadata(cache.claim, plan.namespace, 'model-cache', shape, program), ...shape };
  return [{ template: 'persistentvolumeclaim', kind: 'PersistentVolumeClaim', view }];
};

/** What the download script says when another try cannot help: token, access, model, revision, space, permission. */
const hopelessExitCodes = [10, 11, 12, 13, 15, 19];

const jobView = (plan: Plan, program: string): Rendering[] => {
  const { cache, download } = plan;
  if (cache === null || download === null) return [];
  const view = {
    ...metadata(plan, program, download.job, 'model-download'),
    ...podView(plan, download.placement, [claimVolume(cache)]),
    podLabels: labelsOf(plan, 'model-download'),
    image: plan.image,
    env: envView(download.env),
    cacheVolume,
    mountPath: cache.mountPath,
    hopeless: hopelessExitCodes,
  };
  return [{ template: 'job', kind: 'Job', view }];
};

const graphView = (plan: Plan, program: string): Rendering => {
  const beta = plan.apiVersion === 'nvidia.com/v1beta1';
  return {
    template: `dynamographdeployment.${beta ? 'v1beta1' : 'v1alpha1'}`,
    kind: 'DynamoGraphDeployment',
    view: {
      ...metadata(plan, program, plan.name, 'deployment'),
      claim: plan.cache?.claim ?? null,
      roles: plan.roles.map(role => roleView(plan, role, beta)),
    },
  };
};

const monitorView = (plan: Plan, program: string): Rendering[] => {
  if (!plan.podMonitor) return [];
  const selector = { 'nvidia.com/dynamo-graph-deployment-name': plan.name };
  const view = { ...metadata(plan, program, plan.name, 'monitoring'), selector, ports: ['http', 'system'] };
  return [{ template: 'podmonitor', kind: 'PodMonitor', view }];
};

/** What is rendered, in apply order. */
export const renderings = (plan: Plan, programVersion: string): Rendering[] => [
  ...namespaceView(plan, programVersion),
  ...claimView(plan, programVersion),
  ...jobView(plan, programVersion),
  graphView(plan, programVersion),
  ...monitorView(plan, programVersion),
];
