/** Keeps two people from changing one deployment at the same time: a Lease object that its holder renews. */

import { ownLabels, ownName } from '../core/ownership.ts';
import { CliError } from '../errors.ts';
import { again } from './again.ts';
import type { Client } from './client.ts';
import { type Held, hold, stamp } from './lease-hold.ts';
import { type Asker, holderText, judge, type LeaseObject } from './lease-holder.ts';
import { untilChanged } from './lease-wait.ts';
import { isClusterError, type RefusalKind } from './refusal.ts';

export type LeaseAsk = {
  readonly namespace: string;
  /** The deployment's name. */
  readonly name: string;
  /** `user@host/pid` of this program. */
  readonly holder: string;
  readonly isAlive: (pid: number) => boolean;
  readonly signal: AbortSignal;
  /** Gets a sentence when it has to wait. */
  readonly say: (sentence: string) => void;
  readonly timing?: Timing;
};

export type Timing = { readonly durationSeconds: number; readonly renewMs: number };

const usualTiming: Timing = { durationSeconds: 30, renewMs: 10_000 };

export type Lease = Held;

const unless = (kind: RefusalKind) => (error: unknown) => {
  if (isClusterError(error) && error.kind === kind) return null;
  throw error;
};

type Taking = LeaseAsk & { readonly client: Client; readonly path: string; readonly timing: Timing };

const create = (taking: Taking): Promise<LeaseObject | null> => {
  const { client, path, name, namespace, holder, timing } = taking;
  const lease: LeaseObject = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: `${ownName}-${name}`, namespace, labels: ownLabels('lease', name) },
    spec: { ...stamp(Date.now(), holder), leaseDurationSeconds: timing.durationSeconds },
  };
  const collection = path.slice(0, path.lastIndexOf('/'));
  return again(() =>
    client
      .request<LeaseObject>({
        method: 'POST',
        path: collection,
        query: { fieldManager: ownName },
        body: lease,
        // Whoever is interrupted now has to know whether it is theirs to give back.
        throughInterrupt: true,
      })
      .then(({ body }) => body)
      .catch(unless('conflict')),
  );
};

const read = ({ client, path }: Taking): Promise<LeaseObject | null> =>
  client
    .request<LeaseObject>({ method: 'GET', path })
    .then(({ body }) => body)
    .catch(unless('not-found'));

/** The resourceVersion makes a take-over fail when somebody else was faster. */
const takeOver = (taking: Taking, lease: LeaseObject): Promise<LeaseObject | null> => {
  const { client, path, holder, timing } = taking;
  const spec = { ...stamp(Date.now(), holder), leaseDurationSeconds: timing.durationSeconds };
  return again(() =>
    client
      .request<LeaseObject>({
        method: 'PUT',
        path,
        query: { fieldManager: ownName },
        body: { ...lease, spec },
        throughInterrupt: true,
      })
      .then(({ body }) => body)
      .catch(unless('conflict')),
  );
};

const heldBy = (lease: LeaseObject, { name, namespace }: LeaseAsk): CliError =>
  new CliError(
    'failed',
    `${name} in namespace ${namespace} is being changed by ${holderText(lease)}; nothing was changed.`,
    {
      hint: `Wait until that run is done and try again; kubectl -n ${namespace} get lease ${ownName}-${name} shows who holds it.`,
    },
  );

/** Null when somebody else was faster, and it has to be looked at again. */
const claim = async (taking: Taking, lease: LeaseObject): Promise<LeaseObject | null> => {
  const asker: Asker = { holder: taking.holder, isAlive: taking.isAlive, now: Date.now() };
  const verdict = judge(lease, asker);
  if (verdict === 'free') return takeOver(taking, lease);
  if (verdict === 'held') throw heldBy(lease, taking);
  const seconds = lease.spec?.leaseDurationSeconds ?? taking.timing.durationSeconds;
  taking.say(
    `${taking.name} is held by ${holderText(lease)}; waiting up to ${seconds} s to see whether that run is still there.`,
  );
  const news = await untilChanged(taking.client, lease, seconds * 1000, taking.signal);
  if (news === 'renewed') throw heldBy(lease, taking);
  return news === 'silent' ? takeOver(taking, lease) : null;
};

/**
 * Takes the lease of a deployment and keeps it until `release`. One that a dead program left behind is taken over: at once on
 * the same machine, and otherwise when no renewal came for as long as it lasts.
 * Errors: CliError `failed` names who holds it, `interrupted`; ClusterError.
 */
export const takeLease = async (client: Client, ask: LeaseAsk): Promise<Lease> => {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${ask.namespace}/leases`;
  const taking: Taking = {
    timing: usualTiming,
    ...ask,
    client,
    path: `${collection}/${ownName}-${ask.name}`,
  };
  for (;;) {
    if (ask.signal.aborted) throw new CliError('interrupted', 'Interrupted; nothing was changed.');
    const created = await create(taking);
    if (created !== null) return hold(client, taking.path, created, taking.timing);
    const found = await read(taking);
    const mine = found === null ? null : await claim(taking, found);
    if (mine !== null) return hold(client, taking.path, mine, taking.timing);
  }
};
