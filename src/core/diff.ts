/** Structural differences between two values; lists are compared by key where Kubernetes merges them so. */

/** A field, a place in a list, or the item of a list that a key names. */
export type Step = string | number | { readonly key: string; readonly value: string | number };

export type Difference = {
  /** Empty for the whole value. */
  readonly path: readonly Step[];
  /** `added`: only here. `removed`: only live. `order`: the same items otherwise sorted; `live` and `here` hold their keys. */
  readonly kind: 'added' | 'removed' | 'changed' | 'order';
  /** Undefined when added. */
  readonly live: unknown;
  /** Undefined when removed. */
  readonly here: unknown;
};

export type Data = Readonly<Record<string, unknown>>;

/** Keys by which Kubernetes merges the lists of pods: containers, variables and volumes; mounts; ports. */
const keys = ['name', 'mountPath', 'containerPort'] as const;

export const isRecord = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKey = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

const isKeyed = (list: readonly unknown[], key: string): list is readonly Data[] => {
  const values = list.map(item => (isRecord(item) ? item[key] : undefined));
  return values.every(isKey) && new Set(values).size === values.length;
};

/** The key that tells the items of both lists apart; undefined when there is none, or nothing to tell apart. */
const keyOf = (a: readonly unknown[], b: readonly unknown[]): string | undefined =>
  a.length + b.length === 0 ? undefined : keys.find(key => isKeyed(a, key) && isKeyed(b, key));

const isSame = (a: unknown, b: unknown): boolean => differences(a, b).length === 0;

type At = readonly Step[];

/** Null is a value, undefined is none. */
const one = (path: At, live: unknown, here: unknown): Difference[] => {
  if (live === undefined && here === undefined) return [];
  if (live === undefined) return [{ path, kind: 'added', live, here }];
  if (here === undefined) return [{ path, kind: 'removed', live, here }];
  return compare(path, live, here);
};

const ofRecords = (path: At, live: Data, here: Data): Difference[] =>
  [...new Set([...Object.keys(live), ...Object.keys(here)])].flatMap(name =>
    one([...path, name], Object.hasOwn(live, name) ? live[name] : undefined, here[name]),
  );

const byKey = (list: readonly unknown[], key: string): Map<string | number, unknown> =>
  new Map((list as readonly Data[]).map(item => [item[key] as string | number, item]));

/** What stays keeps its place, what is new comes last: another order is a difference of its own. */
const orderOf = (live: Map<string | number, unknown>, here: Map<string | number, unknown>) => [
  ...[...live.keys()].filter(name => here.has(name)),
  ...[...here.keys()].filter(name => !live.has(name)),
];

const ofKeyed = (path: At, key: string, live: readonly unknown[], here: readonly unknown[]): Difference[] => {
  const [before, after] = [byKey(live, key), byKey(here, key)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const found = names.flatMap(name =>
    one([...path, { key, value: name }], before.get(name), after.get(name)),
  );
  const [kept, wanted] = [orderOf(before, after), [...after.keys()]];
  const moved = kept.some((name, at) => name !== wanted[at]);
  return moved ? [...found, { path, kind: 'order', live: kept, here: wanted }] : found;
};

const ofLists = (path: At, live: readonly unknown[], here: readonly unknown[]): Difference[] => {
  const key = keyOf(live, here);
  if (key !== undefined) return ofKeyed(path, key, live, here);
  if (live.length === here.length && [...live, ...here].every(isRecord))
    return here.flatMap((item, at) => compare([...path, at], live[at], item));
  const same = live.length === here.length && here.every((item, at) => isSame(live[at], item));
  return same ? [] : [{ path, kind: 'changed', live, here }];
};

const compare = (path: At, live: unknown, here: unknown): Difference[] => {
  if (Array.isArray(live) && Array.isArray(here)) return ofLists(path, live, here);
  if (isRecord(live) && isRecord(here)) return ofRecords(path, live, here);
  return Object.is(live, here) ? [] : [{ path, kind: 'changed', live, here }];
};

/** Everything that makes `here` out of `live`; plain data as JSON has it. */
export const differences = (live: unknown, here: unknown): Difference[] => one([], live, here);

const plain = /^[A-Za-z_][\w-]*$/;

const stepText = (step: Step): string => {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'object') return `[${step.value}]`;
  return plain.test(step) ? `.${step}` : `["${step}"]`;
};

/** `spec.services.worker.replicas`, `spec.template.spec.containers[main].env[HF_HOME].value`. */
export const pathText = (path: readonly Step[]): string => path.map(stepText).join('').replace(/^\./, '');
