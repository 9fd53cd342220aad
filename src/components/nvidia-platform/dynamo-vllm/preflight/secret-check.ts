/** Checks that the Secrets which the manifests name are there, as far as names tell. */

import type { CheckResult } from '../../../../core/check.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { list, record, text } from './podspec.ts';
import { check } from './result.ts';
import type { Scene } from './scene.ts';

const result = check(
  'token-secret',
  'the Secrets that the pods read are there',
  'unavailable',
  'hfTokenSecret',
);

type Named = {
  readonly name: string;
  /** `pull`: without it the kubelet tries all the same; `optional`: the pod says that it may be missing. */
  readonly need: 'start' | 'pull' | 'optional';
};

const fromEnv = (holder: unknown): Named[] => {
  const { env, envs, envFrom, envFromSecret } = record(holder);
  return [
    ...[...list(env), ...list(envs)].map(one => record(record(one)['valueFrom'])['secretKeyRef']),
    ...list(envFrom).map(one => record(one)['secretRef']),
    envFromSecret === undefined ? undefined : { name: envFromSecret },
  ]
    .filter(one => one !== undefined)
    .map(one => ({
      name: text(record(one)['name']),
      need: record(one)['optional'] === true ? 'optional' : 'start',
    }));
};

const pullSecrets = (spec: unknown): Named[] =>
  list(record(spec)['imagePullSecrets']).map(one => ({ name: text(record(one)['name']), need: 'pull' }));

const fromPod = (value: unknown): Named[] => {
  const spec = record(value);
  return [
    ...pullSecrets(spec),
    ...[...list(spec['containers']), ...list(spec['initContainers']), spec['mainContainer']].flatMap(fromEnv),
  ];
};

const namedIn = (object: KubernetesObject): Named[] => {
  const spec = record(object['spec']);
  const services = Object.values(record(spec['services']));
  const components = list(spec['components']);
  return [
    ...fromPod(record(spec['template'])['spec']),
    ...fromEnv(spec),
    ...services.flatMap(one => [...fromEnv(one), ...fromPod(record(one)['extraPodSpec'])]),
    ...components.flatMap(one => fromPod(record(record(one)['podTemplate'])['spec'])),
  ];
};

const order = ['start', 'pull', 'optional'] as const;

const namesIn = (objects: readonly KubernetesObject[]): Named[] => {
  const all = objects
    .filter(({ kind }) => kind === 'Job' || kind === 'DynamoGraphDeployment')
    .flatMap(namedIn);
  const names = [...new Set(all.map(({ name }) => name))].filter(name => name !== '');
  return names.map(name => {
    const needs = all.filter(one => one.name === name).map(({ need }) => need);
    return { name, need: order.find(need => needs.includes(need)) ?? 'optional' };
  });
};

/** A Secret that a pod would read its token from exists. */
export const secretIsThere = ({ objects, cluster }: Scene): boolean => {
  const there = readOr(cluster.secrets) ?? [];
  return namesIn(objects).some(({ name }) => there.some(found => found.name === name));
};

/** The token in hand goes into this one, unless it is there. */
const tokenSecret = ({ settings }: Scene): string => {
  const said = settings?.['hfTokenSecret'];
  return typeof said === 'string' ? said : 'hf-token-secret';
};

const judged = (scene: Scene, { name, need }: Named): CheckResult => {
  const { cluster, namespace, objects, token } = scene;
  const made = objects.some(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);
  if ((readOr(cluster.secrets) ?? []).some(found => found.name === name))
    return result.pass(`The Secret ${name} is there.`);
  if (made || (token && name === tokenSecret(scene)))
    return result.pass(`The Secret ${name} will be created from the Hugging Face token.`);
  if (need === 'optional')
    return result.pass(`The Secret ${name} is not there, which a public model does not need.`);
  if (need === 'pull')
    return result.warn(
      `The Secret ${name}, with which the image is to be pulled, does not exist in ${namespace}.`,
      `If the registry wants one: kubectl -n ${namespace} create secret docker-registry ${name} --docker-server=REGISTRY --docker-username=USER --docker-password=PASSWORD`,
    );
  return result.fail(
    `The Secret ${name}, which the pods read, does not exist in ${namespace}; without it no container starts.`,
    `If it is to hold the Hugging Face token, set HF_TOKEN; otherwise create it: kubectl -n ${namespace} create secret generic ${name} --from-env-file=FILE`,
  );
};

export const secretChecks = (scene: Scene): CheckResult[] => {
  const { cluster, namespace } = scene;
  const names = namesIn(scene.objects);
  if (names.length === 0) return [];
  if (cluster.secrets.kind !== 'read')
    return [result.unknown(`The Secrets of ${namespace} were not read: ${cluster.secrets.message}`)];
  return names.map(named => judged(scene, named));
};
