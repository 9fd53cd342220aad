/** Objects of a namespace as an API server lists them, for tests of removals: deployments of ours, and what others have. */

import type { KubernetesObject } from '../../src/core/manifest.ts';

const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';

type More = Readonly<Record<string, unknown>>;

export const ownLabelsOf = (instance: string | null): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'dynamo-installer',
  ...(instance === null ? {} : { 'app.kubernetes.io/instance': instance }),
});

export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  more: More = {},
): KubernetesObject => {
  const { metadata, ...rest } = more;
  const base = { name, namespace: 'team', uid: `${kind}/${name}`, labels };
  return { apiVersion, kind, metadata: { ...base, ...(metadata as object | undefined) }, ...rest };
};

const podSpec = (claim: string | null, secret: string | null): More => ({
  nodeName: 'gpu-1',
  volumes: claim === null ? [] : [{ name: 'model', persistentVolumeClaim: { claimName: claim } }],
  containers: [
    {
      name: 'main',
      resources: { limits: { 'nvidia.com/gpu': '1' } },
      env:
        secret === null
          ? []
          : [{ name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: secret, key: 'HF_TOKEN' } } }],
    },
  ],
});

export const pod = (
  name: string,
  labels: Readonly<Record<string, string>>,
  { claim = null, secret = null, phase = 'Running', ...more }: More & { claim?: string | null } = {},
): KubernetesObject =>
  object('v1', 'Pod', name, labels, {
    spec: podSpec(claim, (secret as string | null) ?? null),
    status: { phase },
    ...more,
  });

/** Whatever made it: a graph, what the operator made of it, and what stands beside it. */
export type Made = {
  readonly name: string;
  readonly own: boolean;
  readonly claim: string | null;
  readonly secret: string | null;
  readonly replicas: number;
  /** Its Job has ended. */
  readonly downloaded: boolean;
  readonly beta: boolean;
};

const graphOf = ({ name, own, claim, secret, beta }: Made): KubernetesObject => {
  const labels = own ? ownLabelsOf(name) : {};
  const env = secret === null ? {} : { envFromSecret: secret };
  const spec = beta
    ? { components: [{ name: 'worker', ...env, podTemplate: { spec: podSpec(claim, secret) } }] }
    : {
        pvcs: claim === null ? [] : [{ name: claim, create: false }],
        services: { worker: { componentType: 'worker', ...env } },
      };
  const version = beta ? 'v1beta1' : 'v1alpha1';
  return object(`nvidia.com/${version}`, 'DynamoGraphDeployment', name, labels, { spec });
};

/** Its own objects first; then pods and the like, which go with them. */
export const objectsOf = (
  made: Made,
): { readonly own: KubernetesObject[]; readonly children: KubernetesObject[] } => {
  const { name, own, claim, secret, replicas, downloaded } = made;
  const labels = own ? ownLabelsOf(name) : {};
  const graph = graphOf(made);
  const job = object('batch/v1', 'Job', `${name}-download`, labels, {
    spec: { template: { spec: podSpec(claim, secret) } },
    status: downloaded ? { conditions: [{ type: 'Complete', status: 'True' }] } : {},
  });
  const owner = { ownerReferences: [{ uid: 'somebody' }] };
  const pods = Array.from({ length: replicas }, (_, at) =>
    pod(`${name}-worker-${at}`, { ...labels, [graphLabel]: name }, { claim, secret, metadata: owner }),
  );
  const phase = downloaded ? 'Succeeded' : 'Running';
  const jobPod = pod(
    `${name}-download-x`,
    { ...labels, 'job-name': `${name}-download` },
    { claim, secret, phase, metadata: owner },
  );
  const record = object('v1', 'ConfigMap', `dynamo-installer-${name}`, labels);
  return { own: [graph, job, record], children: [...pods, jobPod] };
};
