/** Decides what is removed with a deployment and what is kept, from everything that was read. Labels alone tell whose an object is. */

import type { Deployed } from './deployed.ts';
import { type Ref, refOf, refText } from './kinds.ts';
import type { KubernetesObject } from './manifest.ts';
import { instanceOf, isOwn } from './ownership.ts';
import { listed } from './text.ts';

/** What is looked at: objects of one namespace, each with its kind. */
export type RemovalInput = {
  readonly name: string;
  readonly namespace: string;
  /** Everything that was read, whoever made it, pods too; Secrets without their values. */
  readonly objects: readonly KubernetesObject[];
  /** Asked for by flags. */
  readonly modelCache: boolean;
  readonly tokenSecret: boolean;
};

export type Removable = { readonly ref: Ref; readonly uid: string | null };

export type Kept = {
  readonly ref: Ref;
  /** A sentence. */
  readonly why: string;
  /** Asked for by a flag and refused all the same. */
  readonly refused: boolean;
};

export type RemovalPlan = {
  /** Custom resources: first, because everything they made has to go before the rest. */
  readonly graphs: readonly Removable[];
  /** Everything else of its own, in the order of removal; the record of its answers is the last of them. */
  readonly own: readonly Removable[];
  /** Shared by deployments, asked for, and used by nobody else. */
  readonly shared: readonly Removable[];
  /** Removed by Kubernetes together with the deployment that made them: claims, with what is on them. */
  readonly along: readonly Removable[];
  readonly kept: readonly Kept[];
  /** Pods of this deployment that have not ended. */
  readonly pods: readonly KubernetesObject[];
  /** Names under which what was made for it is found. */
  readonly names: readonly string[];
};

type Rules = Pick<Deployed, 'isGraph' | 'childLabel' | 'claimsIn' | 'secretsIn'>;

type Metadata = KubernetesObject['metadata'] & {
  readonly uid?: string;
  readonly ownerReferences?: readonly { readonly uid?: string }[];
};

const metadataOf = (object: KubernetesObject): Metadata => object.metadata;
const ownersOf = (object: KubernetesObject): readonly { readonly uid?: string }[] =>
  metadataOf(object).ownerReferences ?? [];

const isPod = ({ kind }: KubernetesObject): boolean => kind === 'Pod';
const isClaim = ({ kind }: KubernetesObject): boolean => kind === 'PersistentVolumeClaim';
const isSecret = ({ kind }: KubernetesObject): boolean => kind === 'Secret';

const removable = (object: KubernetesObject): Removable => ({
  ref: refOf(object),
  uid: metadataOf(object).uid ?? null,
});

/** Made by this program for this deployment; what has an owner goes with it. */
const belongs = (object: KubernetesObject, name: string): boolean =>
  isOwn(object.metadata.labels) &&
  instanceOf(object.metadata.labels) === name &&
  ownersOf(object).length === 0;

/**
 * Names of the graphs whose pods are the deployment's. Where it has none any more, its own name, unless somebody else has a graph
 * of that name now.
 */
const graphNames = (input: RemovalInput, rules: Rules): string[] => {
  const graphs = input.objects.filter(rules.isGraph);
  const own = graphs.filter(graph => belongs(graph, input.name)).map(({ metadata }) => metadata.name);
  if (own.length > 0) return own;
  return graphs.some(({ metadata }) => metadata.name === input.name) ? [] : [input.name];
};

const jobOf = ({ metadata: { labels } }: KubernetesObject): string | undefined =>
  labels?.['batch.kubernetes.io/job-name'] ?? labels?.['job-name'];

type Status = {
  readonly phase?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
};

/** A pod or a Job that has ended and uses nothing any more. */
const isOver = (object: KubernetesObject): boolean => {
  const { phase, conditions = [] } = (object['status'] ?? {}) as Status;
  if (object.kind === 'Job')
    return conditions.some(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True');
  return isPod(object) && (phase === 'Succeeded' || phase === 'Failed');
};

type Scene = {
  readonly input: RemovalInput;
  readonly rules: Rules;
  readonly names: readonly string[];
  readonly own: ReadonlySet<KubernetesObject>;
};

const sceneOf = (input: RemovalInput, rules: Rules): Scene => {
  const names = graphNames(input, rules);
  const mine = input.objects.filter(object => belongs(object, input.name));
  const jobs = new Set(mine.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name));
  const isMine = (pod: KubernetesObject): boolean =>
    names.includes(pod.metadata.labels?.[rules.childLabel] ?? '') || jobs.has(jobOf(pod) ?? '');
  const pods = input.objects.filter(object => isPod(object) && isMine(object));
  return { input, rules, names, own: new Set([...mine, ...pods]) };
};

/** Others that need it, by kind and name; pods before what makes them. */
const usersOf = (
  { input, own }: Scene,
  name: string,
  usesIn: (object: KubernetesObject) => readonly string[],
): string[] =>
  input.objects
    .filter(object => !own.has(object) && !isOver(object) && usesIn(object).includes(name))
    .sort((a, b) => Number(isPod(b)) - Number(isPod(a)))
    .map(user => refText(refOf(user)));

const mostNamed = 4;

const named = (users: readonly string[]): string =>
  listed(
    users.length > mostNamed
      ? [...users.slice(0, mostNamed), `${users.length - mostNamed} more`]
      : [...users],
  );

type Verdict = { readonly object: KubernetesObject; readonly kept: Kept | null };

type Shared = {
  readonly usesIn: (object: KubernetesObject) => readonly string[];
  readonly asked: boolean;
  readonly flag: string;
  /** Why it stays although nobody asked. */
  readonly usual: string;
};

const judgeShared = (scene: Scene, object: KubernetesObject, shared: Shared): Verdict => {
  const ref = refOf(object);
  const keep = (why: string, refused: boolean): Verdict => ({ object, kept: { ref, why, refused } });
  if (!isOwn(object.metadata.labels))
    return keep('It was not made by this program and is left alone.', shared.asked);
  const instance = instanceOf(object.metadata.labels);
  if (instance !== undefined && instance !== scene.input.name)
    return keep(`It belongs to the deployment ${instance}.`, shared.asked);
  const users = usersOf(scene, ref.name, shared.usesIn);
  if (users.length > 0)
    return keep(`${named(users)} ${users.length === 1 ? 'uses' : 'use'} it.`, shared.asked);
  if (shared.asked) return { object, kept: null };
  return keep(`${shared.usual} To remove it too: ${shared.flag}`, false);
};

/** Of a kind that deployments share: what this one uses, and what carries its name. */
const concerned = (scene: Scene, isKind: (object: KubernetesObject) => boolean, shared: Shared) => {
  const used = new Set([...scene.own].flatMap(object => [...shared.usesIn(object)]));
  return scene.input.objects.filter(
    object =>
      isKind(object) &&
      (used.has(object.metadata.name) || scene.own.has(object)) &&
      ownersOf(object).length === 0,
  );
};

const alongOf = ({ input, own, rules }: Scene): KubernetesObject[] => {
  const uids = new Set([...own].filter(rules.isGraph).map(graph => metadataOf(graph).uid));
  return input.objects.filter(
    object => isClaim(object) && ownersOf(object).some(({ uid }) => uid !== undefined && uids.has(uid)),
  );
};

/** The record is the last: a run that was cut finds the deployment by it. */
const lateness = ({ kind }: KubernetesObject): number => (kind === 'ConfigMap' ? 1 : 0);

/** Pure: the same objects give the same plan. */
export const planRemoval = (input: RemovalInput, rules: Rules): RemovalPlan => {
  const scene = sceneOf(input, rules);
  const claims: Shared = {
    usesIn: rules.claimsIn,
    asked: input.modelCache,
    flag: '--delete-model-cache',
    usual: 'The model on it is long to download again.',
  };
  const secrets: Shared = {
    usesIn: rules.secretsIn,
    asked: input.tokenSecret,
    flag: '--delete-token-secret',
    usual: 'The next deployment needs it.',
  };
  const judged = [
    ...concerned(scene, isClaim, claims).map(object => judgeShared(scene, object, claims)),
    ...concerned(scene, isSecret, secrets).map(object => judgeShared(scene, object, secrets)),
  ];
  const mine = [...scene.own].filter(object => belongs(object, input.name));
  const plain = mine.filter(object => !rules.isGraph(object) && !isClaim(object) && !isSecret(object));
  return {
    graphs: mine.filter(rules.isGraph).map(removable),
    own: plain.sort((a, b) => lateness(a) - lateness(b)).map(removable),
    shared: judged.filter(({ kept }) => kept === null).map(({ object }) => removable(object)),
    along: alongOf(scene).map(removable),
    kept: judged.map(({ kept }) => kept).filter(kept => kept !== null),
    pods: [...scene.own].filter(object => isPod(object) && !belongs(object, input.name) && !isOver(object)),
    names: scene.names,
  };
};

export const everyRemovable = ({ graphs, own, shared }: RemovalPlan): readonly Removable[] => [
  ...graphs,
  ...own,
  ...shared,
];
