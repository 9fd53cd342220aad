/** Owns the moments of a deployment at which a program can be made to stand still, so that something can happen to it there. */

import type { FaultProxy } from '../kit/cluster/faults/proxy.ts';
import type { Script } from '../kit/cluster/pods/director.ts';

type Request = { readonly method: string; readonly url: string };
type Matches = (request: Request) => boolean;

/**
 * `before`: a request has not reached the API server; `after`: it was carried out, and its answer is not there yet; `while`: a
 * pod of this role does not get on, and the program has said so.
 */
export type Moment = {
  readonly name: string;
  /** What of it is in the cluster when the request has been answered, besides the lease. */
  readonly there: 'nothing' | 'part' | 'all';
  /** Whether the lease is held then. */
  readonly leased: boolean;
} & (
  | { readonly before: Matches }
  | { readonly after: Matches }
  | { readonly while: 'download' | 'worker'; readonly said: RegExp }
);

const dry: Matches = ({ method, url }) => method === 'PATCH' && url.includes('dryRun=All');
const write =
  (kind: string): Matches =>
  ({ method, url }) =>
    method === 'PATCH' && !url.includes('dryRun=All') && url.includes(`/${kind}/`);
const lease =
  (verb: string): Matches =>
  ({ method, url }) =>
    method === verb && url.includes('/leases');
const forward: Matches = ({ url }) => url.includes('/portforward');

export const claimMoment: Moment = {
  name: 'the claim was written',
  there: 'part',
  leased: true,
  after: write('persistentvolumeclaims'),
};

const idle = { there: 'nothing', leased: false } as const;
const writing = { there: 'part', leased: true } as const;
const written = { there: 'all', leased: false } as const;

/** In their order, without that of the claim, which is written by the first deployment only. */
export const moments: readonly Moment[] = [
  { ...idle, name: 'before the survey', before: () => true },
  { ...idle, name: 'in the survey', before: ({ url }) => url.startsWith('/api/v1/nodes') },
  { ...idle, name: 'in the dry run', before: dry },
  { ...idle, name: 'after the dry run', before: lease('POST') },
  { ...idle, name: 'the lease was taken', leased: true, after: lease('POST') },
  { ...writing, name: 'before the first write', before: write('configmaps') },
  { ...writing, name: 'the answers were written', after: write('configmaps') },
  { ...writing, name: 'the Job was written', after: write('jobs') },
  { ...written, name: 'the graph was written', leased: true, after: write('dynamographdeployments') },
  { ...written, name: 'before the lease is given back', leased: true, before: lease('DELETE') },
  { ...written, name: 'in the download', while: 'download', said: /model download.*downloading/ },
  { ...written, name: 'in the wait', while: 'worker', said: /worker.*pulling image/ },
  { ...written, name: 'before the verification', before: forward },
];

/** The tunnel breaks after the first steps, and what follows waits for another. */
export const inVerification: Moment = { ...written, name: 'in the verification', before: forward };

/** A promise, and what fulfils it. */
const signal = (): { readonly when: Promise<void>; readonly fire: () => void } => {
  let fire = (): void => {};
  const when = new Promise<void>(resolve => {
    fire = resolve;
  });
  return { when, fire };
};

/** Pods that do not get on until they are let go. */
const held = new Map<string, { readonly role: string; readonly when: Promise<void> }>();

const holdOf = (pod: string, role: string): Promise<void> | null => {
  const found = [...held].find(([name, hold]) => pod.startsWith(`${name}-`) && hold.role === role);
  return found?.[1].when ?? null;
};

/** For the settings of a cluster: pods of moments stand still. */
export const holdingScript =
  (usual: Script): Script =>
  async life => {
    const hold = holdOf(life.pod.metadata.name, life.role);
    if (hold === null) return usual(life);
    await life.reach('pulling');
    if (life.role !== 'download') {
      await hold;
      return usual(life);
    }
    await life.reach('running');
    life.logs.add(String(life.pod.spec.containers[0].name), ['Fetching 8 files: 0%']);
    await hold;
    await life.reach('complete');
  };

/** What is heard of a program. */
export type Told = {
  /** Resolves when it has said something, rejects when it ended without. */
  readonly says: (pattern: RegExp) => Promise<void>;
};

/** Waiting for it is waiting for the end. */
const neverSaid = /(?!)/;

export type Stop = {
  /** Resolves when the program stands there; rejects when it ends before. */
  readonly reached: (program: Told) => Promise<void>;
  /** Lets everything go on. */
  readonly goOn: () => void;
};

/** Arranges that a program which deploys `name` through the proxy stands still at a moment. */
export const stopAt = (proxy: FaultProxy, moment: Moment, name: string): Stop => {
  const [came, go] = [signal(), signal()];
  const goOn = (): void => {
    held.delete(name);
    go.fire();
  };
  if ('while' in moment) {
    proxy.set();
    held.set(name, { role: moment.while, when: go.when });
    return { reached: ({ says }) => says(moment.said), goOn };
  }
  const hold = (): Promise<void> => {
    came.fire();
    return go.when;
  };
  const [at, when] =
    'before' in moment ? (['request', moment.before] as const) : (['answer', moment.after] as const);
  const cut = { kind: 'cut', afterBytes: 900, times: 1, when: forward } as const;
  proxy.set(...(moment === inVerification ? [cut] : []), { kind: 'hold', at, times: 1, when, hold });
  return { reached: ({ says }) => Promise.race([came.when, says(neverSaid)]), goOn };
};
