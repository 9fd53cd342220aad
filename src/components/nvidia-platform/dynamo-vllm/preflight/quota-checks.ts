/** Checks what the namespace may use: ResourceQuotas and LimitRanges against what the objects ask for. */

import type { CheckResult } from '../../../../core/check.ts';
import type { Amounts, LimitRangeFact, QuotaFact } from '../../../../core/cluster-facts.ts';
import { inGib, quantityOf } from './amounts.ts';
import type { Demand } from './demand.ts';
import { askedOf } from './new-claim.ts';
import { gpuName } from './podspec.ts';
import { check, counted } from './result.ts';
import type { Scene } from './scene.ts';

/** What is counted of pods, in the units of a quota. */
const amounts = {
  [gpuName]: ({ gpus }: Amounts): number => gpus,
  cpu: ({ cpuMilli }: Amounts): number => cpuMilli / 1000,
  memory: ({ memoryBytes }: Amounts): number => memoryBytes,
  'ephemeral-storage': ({ ephemeralBytes }: Amounts): number => ephemeralBytes,
} as const;

const quota = check('quota', 'the quotas of the namespace leave enough', 'unavailable', 'replicas');

/** What one resource name of a quota counts, over everything that is going to run; null for names that are not counted here. */
const neededOf = (resource: string, scene: Scene): number | null => {
  const sum = (of: (demand: Demand) => number): number =>
    scene.demands.reduce((total, demand) => total + demand.pods * of(demand), 0);
  const [kind, name] = resource.startsWith('limits.')
    ? (['limits', resource.slice('limits.'.length)] as const)
    : (['requests', resource.replace(/^requests\./, '')] as const);
  if (resource === 'pods' || resource === 'count/pods') return sum(() => 1);
  if (resource === 'persistentvolumeclaims' || resource === 'requests.storage')
    return claimsNeed(scene, resource);
  if (!Object.hasOwn(amounts, name)) return null;
  return sum(({ resources }) => quantityOf(resources[kind][name]) ?? 0);
};

const claimsNeed = ({ objects, cluster }: Scene, resource: string): number => {
  const there = cluster.claims.kind === 'read' ? cluster.claims.value.map(({ name }) => name) : [];
  const fresh = objects
    .filter(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && !there.includes(metadata.name))
    .map(askedOf);
  return resource === 'persistentvolumeclaims'
    ? fresh.length
    : fresh.reduce((total, { size }) => total + (quantityOf(size) ?? 0), 0);
};

const isBytes = (resource: string): boolean => /(memory|storage)$/.test(resource);

const figure = (resource: string, value: number): string => {
  if (resource.endsWith(gpuName)) return counted(value, 'GPU');
  if (isBytes(resource)) return inGib(value);
  return `${Math.round(value * 1000) / 1000} ${resource.replace(/^requests\./, '')}`;
};

type Excess = {
  readonly quota: QuotaFact;
  readonly resource: string;
  readonly hard: number;
  readonly used: number;
  readonly needed: number;
};

/** What bound pods of the namespace request; 0 for what a look at the nodes does not tell. */
const boundUse = ({ cluster, namespace }: Scene, resource: string): number => {
  const name = resource.replace(/^requests\./, '');
  const amount = Object.hasOwn(amounts, name) ? amounts[name as keyof typeof amounts] : null;
  if (amount === null || cluster.use.kind !== 'read') return 0;
  return cluster.use.value
    .filter(use => use.namespace === namespace)
    .reduce((sum, { asked }) => sum + amount(asked), 0);
};

/** A quota that is new was not counted by Kubernetes yet. */
const usedOf = (scene: Scene, { used }: QuotaFact, resource: string): number =>
  used[resource] === undefined ? boundUse(scene, resource) : (quantityOf(used[resource]) ?? 0);

const excesses = (scene: Scene, fact: QuotaFact): Excess[] =>
  Object.entries(fact.hard).flatMap(([resource, text]) => {
    const [hard, used] = [quantityOf(text), usedOf(scene, fact, resource)];
    const needed = neededOf(resource, scene);
    if (hard === null || needed === null || needed === 0 || used + needed <= hard) return [];
    return [{ quota: fact, resource, hard, used, needed }];
  });

const remedy = (resource: string, namespace: string): string => {
  const smaller = resource.endsWith(gpuName)
    ? 'Use fewer replicas or a smaller tensor parallel size'
    : 'Ask for less';
  return `${smaller}, use another namespace, or have an admin raise it: kubectl -n ${namespace} edit resourcequota`;
};

const excessResult = (scene: Scene, { quota: fact, resource, hard, used, needed }: Excess): CheckResult => {
  const { namespace, updates } = scene;
  const message = `The ResourceQuota ${fact.name} allows ${figure(resource, hard)} in ${namespace}, ${figure(resource, used)} of them used, and the deployment needs ${figure(resource, needed)}.`;
  if (updates && needed <= hard)
    return quota.unknown(`${message} The deployment's own pods may be among those that are used.`);
  if (fact.scoped)
    return quota.unknown(`${message} It holds only for some pods; whether for these is not known here.`);
  return quota.fail(message, remedy(resource, namespace));
};

/** Resources that every container has to name once a quota counts them. */
const compulsory = /^(requests\.|limits\.)?(cpu|memory)$/;

const unnamed = (scene: Scene, fact: QuotaFact, ranges: readonly LimitRangeFact[]): CheckResult[] => {
  const named = Object.keys(fact.hard).filter(resource => compulsory.test(resource));
  const lacks = named.filter(resource => {
    const [kind, name] = resource.startsWith('limits.')
      ? (['limits', resource.slice('limits.'.length)] as const)
      : (['requests', resource.replace(/^requests\./, '')] as const);
    const given = ranges.some(range =>
      kind === 'limits' ? name in range.defaults : name in range.defaultRequests || name in range.defaults,
    );
    return !given && scene.demands.some(demand => demand.pods > 0 && !(name in demand.resources[kind]));
  });
  if (lacks.length === 0 || fact.scoped) return [];
  return [
    quota.warn(
      `The ResourceQuota ${fact.name} counts ${lacks.join(', ')}, which not every pod of the deployment names; Kubernetes refuses such pods.`,
      `Have an admin add a LimitRange with defaults to ${scene.namespace}, or use another namespace.`,
    ),
  ];
};

const limits = check('limit-range', 'no pod is larger than the namespace allows', 'unavailable');

const tooLarge = (scene: Scene, range: LimitRangeFact): CheckResult[] => {
  if (range.type !== 'Container' && range.type !== 'Pod') return [];
  return scene.demands.flatMap(demand =>
    Object.entries(range.max).flatMap(([resource, text]) => {
      const most = quantityOf(text);
      const asked = quantityOf(demand.resources.limits[resource] ?? demand.resources.requests[resource]);
      if (most === null || asked === null || asked <= most) return [];
      return [
        limits.fail(
          `The LimitRange ${range.name} allows a ${range.type.toLowerCase()} at most ${figure(resource, most)} in ${scene.namespace}, and ${demand.name} asks for ${figure(resource, asked)}.`,
          `Ask for less, use another namespace, or have an admin raise it: kubectl -n ${scene.namespace} edit limitrange ${range.name}`,
        ),
      ];
    }),
  );
};

const quotaResults = (scene: Scene, ranges: readonly LimitRangeFact[]): CheckResult[] => {
  const reading = scene.cluster.quotas;
  if (reading.kind !== 'read')
    return [quota.unknown(`The quotas of ${scene.namespace} were not read: ${reading.message}`)];
  const found = reading.value.flatMap(fact => [
    ...excesses(scene, fact).map(excess => excessResult(scene, excess)),
    ...unnamed(scene, fact, ranges),
  ]);
  if (found.length > 0) return found;
  const names = reading.value.map(({ name }) => name).join(', ');
  return [
    quota.pass(
      names === ''
        ? `${scene.namespace} has no quota.`
        : `The quota of ${scene.namespace} (${names}) leaves enough.`,
    ),
  ];
};

export const quotaChecks = (scene: Scene): CheckResult[] => {
  const ranges = scene.cluster.limitRanges.kind === 'read' ? scene.cluster.limitRanges.value : [];
  return [...quotaResults(scene, ranges), ...ranges.flatMap(range => tooLarge(scene, range))];
};
