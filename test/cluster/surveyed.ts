/** Owns what the survey's tests ask for, and the objects that are to be found. */

import type { SurveyAsk } from '../../src/core/cluster-facts.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';

export const SPACE = 'dynamo-system';

export const ASK: SurveyAsk = {
  groups: ['nvidia.com', 'monitoring.coreos.com'],
  crd: 'dynamographdeployments.nvidia.com',
  operatorSelector: 'control-plane=controller-manager,app.kubernetes.io/part-of=dynamo-operator',
  webhookGroup: 'nvidia.com',
  graph: { group: 'nvidia.com', plural: 'dynamographdeployments', versions: ['v1beta1', 'v1alpha1'] },
};

export function object(apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: SPACE }, ...rest };
}

export function crdObject(): KubeObject {
  const found = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', ASK.crd);
  return { ...found, metadata: { name: ASK.crd } };
}

export const quota = () =>
  object('v1', 'ResourceQuota', 'gpus', { spec: { hard: { 'requests.nvidia.com/gpu': '6' } } });
export const limitRange = () =>
  object('v1', 'LimitRange', 'range', { spec: { limits: [{ type: 'Container', max: { memory: '64Gi' } }] } });
export const secret = (name: string) =>
  object('v1', 'Secret', name, { stringData: { HF_TOKEN: 'hf_rehearsal' } });

export function answers(): KubeObject {
  const labels = { 'app.kubernetes.io/managed-by': 'dynamo-installer' };
  return {
    ...object('v1', 'ConfigMap', 'saved'),
    metadata: { name: 'saved', namespace: SPACE, labels },
    data: { a: '1' },
  };
}

export function claim(name: string, storageClassName: string): KubeObject {
  const mode = storageClassName === 'efs' ? 'ReadWriteMany' : 'ReadWriteOnce';
  const resources = { requests: { storage: '10Gi' } };
  return object('v1', 'PersistentVolumeClaim', name, {
    spec: { storageClassName, accessModes: [mode], resources },
  });
}

export function pod(name: string, namespace: string, spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
}

export const gpuSpec = (gpus: string) => ({
  restartPolicy: 'Never',
  containers: [{ name: 'main', image: 'example/image:1', resources: { limits: { 'nvidia.com/gpu': gpus } } }],
});

// Two GPUs as a limit, and a sidecar that counts beside the container: 1.5 + 0.1 CPU, 2 + 1 GiB.
export function busySpec(): object {
  const container = (name: string, cpu: string, memory: string, limits = {}) => ({
    name,
    image: 'example/image:1',
    resources: { requests: { cpu, memory }, limits },
  });
  return {
    nodeSelector: { 'kubernetes.io/hostname': 'g5.12xlarge-1' },
    containers: [container('main', '1500m', '2Gi', { 'nvidia.com/gpu': '2' })],
    initContainers: [{ ...container('proxy', '0.1', '1Gi'), restartPolicy: 'Always' }],
  };
}

export function mountSpec(): object {
  return {
    containers: [{ name: 'main', image: 'example/image:1' }],
    volumes: ['data', 'shared'].map(claimName => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  };
}
