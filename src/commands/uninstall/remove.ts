/** Removes what a plan says, in its order: the custom resource and everything it made, then the rest, then what is shared. */

import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { untilEmpty, type Vanishing } from '../../cluster/vanish.ts';
import type { OperatorFact, SurveyAsk } from '../../core/cluster-facts.ts';
import type { Deployed } from '../../core/deployed.ts';
import type { Finding } from '../../core/finding.ts';
import { type Ref, refOf, refText, sameRef } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { Removable, RemovalPlan } from '../../core/removal.ts';
import { deleteOne } from './delete.ts';
import { pathOf } from './kinds.ts';
import { type Settled, settleRemoval } from './settle.ts';

export type RemoveEvent =
  | { readonly kind: 'removing' | 'removed'; readonly ref: Ref }
  | { readonly kind: 'waiting'; readonly message: string }
  | { readonly kind: 'finding'; readonly finding: Finding };

export type RemoveArgs = {
  readonly client: Client;
  readonly namespace: string;
  readonly survey: SurveyAsk;
  readonly deployed: Deployed;
  readonly plan: RemovalPlan;
  readonly operators: readonly OperatorFact[] | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly tell: (event: RemoveEvent) => void;
};

/** What a run did so far; it fills while it goes on, so that it can be told when it is cut. */
export type Done = {
  readonly deleted: Ref[];
  /** Its deletion was asked for, and no answer came. */
  asked: Ref | null;
  readonly findings: Finding[];
  /** Should have gone and is still there. */
  readonly left: Ref[];
  ended: Settled['ended'];
};

export const nothingDone = (): Done => ({ deleted: [], asked: null, findings: [], left: [], ended: 'gone' });

/** For a Job or a claim; what an object had made goes in the background. */
const shortMs = 60_000;

/** About one object; all else concerns the connection, and therefore the whole run. */
const aboutTheObject: readonly string[] = ['forbidden', 'invalid', 'server'];

const refused = (ref: Ref, message: string): Finding => ({
  rule: 'uninstall-refused',
  level: 'error',
  path: '',
  message: `${refText(ref)} was not deleted: ${message}`,
  hint: 'Look at what the API server says, and run again once that is mended.',
});

const note = (done: Done, args: RemoveArgs, finding: Finding): void => {
  done.findings.push(finding);
  args.tell({ kind: 'finding', finding });
};

/** Deletes one after the other; one that is refused is noted, and the others go on. Errors: ClusterError. */
const deleteThem = async (args: RemoveArgs, those: readonly Removable[], done: Done): Promise<void> => {
  for (const one of those) {
    if (args.signal.aborted) return;
    args.tell({ kind: 'removing', ref: one.ref });
    done.asked = one.ref;
    try {
      await deleteOne(args.client, one, args.survey.graph);
      done.asked = null;
      done.deleted.push(one.ref);
    } catch (error) {
      if (!isClusterError(error) || !aboutTheObject.includes(error.kind)) throw error;
      done.asked = null;
      note(done, args, refused(one.ref, error.message));
      done.left.push(one.ref);
    }
  }
};

const uidOf = ({ metadata }: KubernetesObject): string | undefined =>
  (metadata as { readonly uid?: string }).uid;

const watchOf =
  ({ survey }: RemoveArgs) =>
  ({ ref, uid }: Removable): Vanishing => {
    const path = pathOf(ref, survey.graph);
    return {
      key: `${ref.kind}/${ref.name}`,
      path: path.slice(0, path.lastIndexOf('/')),
      fieldSelector: `metadata.name=${ref.name}`,
      counts: object => uid === null || uidOf(object) === uid,
      needed: false,
    };
  };

/** Waits a while until deleted objects are gone, and their pods. Returns what is left. Errors: ClusterError. */
const untilGone = async (
  args: RemoveArgs,
  those: readonly Removable[],
): Promise<readonly KubernetesObject[]> => {
  if (those.length === 0) return [];
  const signal = AbortSignal.any([args.signal, AbortSignal.timeout(Math.min(shortMs, args.timeoutMs))]);
  let left: readonly KubernetesObject[] = [];
  const jobs = those.filter(({ ref }) => ref.kind === 'Job').map(({ ref }) => ref.name);
  const pods: Vanishing[] =
    jobs.length === 0
      ? []
      : [
          {
            key: 'pods',
            path: `/api/v1/namespaces/${args.namespace}/pods`,
            labelSelector: `job-name in (${jobs.join(',')})`,
            needed: false,
          },
        ];
  await untilEmpty(args.client, [...those.map(watchOf(args)), ...pods], {
    signal,
    onChange: remaining => {
      left = [...remaining.values()].flat();
    },
    onProblem: message => {
      if (message !== null) args.tell({ kind: 'waiting', message });
    },
  });
  return left;
};

const stillThere = (objects: readonly KubernetesObject[], namespace: string): Finding => {
  const [first] = objects.map(refOf);
  const finalizers = objects.flatMap(
    ({ metadata }) => (metadata as { readonly finalizers?: readonly string[] }).finalizers ?? [],
  );
  const why = finalizers.length === 0 ? '' : `; finalizers hold it: ${[...new Set(finalizers)].join(', ')}`;
  return {
    rule: 'uninstall-left',
    level: 'error',
    path: '',
    message: `${objects.map(object => refText(refOf(object))).join(', ')} is still there a minute after it was deleted${why}.`,
    hint: `See why: kubectl -n ${namespace} describe ${first?.kind.toLowerCase() ?? ''} ${first?.name ?? ''}`,
  };
};

/** Deletes, waits, and notes what stays. */
const deleteAndWait = async (args: RemoveArgs, those: readonly Removable[], done: Done): Promise<void> => {
  await deleteThem(args, those, done);
  const asked = those.filter(({ ref }) => done.deleted.some(one => sameRef(one, ref)));
  const left = await untilGone(args, asked);
  if (args.signal.aborted) return;
  const isLeft = (ref: Ref): boolean => left.some(object => sameRef(refOf(object), ref));
  for (const { ref } of asked) if (!isLeft(ref)) args.tell({ kind: 'removed', ref });
  if (left.length === 0) return;
  note(done, args, stillThere(left, args.namespace));
  done.left.push(...left.map(refOf));
};

const removeGraphs = async (args: RemoveArgs, done: Done): Promise<void> => {
  const { plan, tell } = args;
  await deleteThem(args, plan.graphs, done);
  const settled = await settleRemoval({
    ...args,
    tell: finding => note(done, args, finding),
    say: message => tell({ kind: 'waiting', message }),
  });
  done.ended = settled.ended;
  for (const finding of settled.findings) note(done, args, finding);
  done.left.push(...settled.left.map(refOf).filter(ref => !done.left.some(one => sameRef(one, ref))));
  for (const { ref } of plan.graphs)
    if (settled.ended === 'gone' && !done.left.some(one => sameRef(one, ref))) tell({ kind: 'removed', ref });
};

const heldBack = (ref: Ref): Finding => ({
  rule: 'uninstall-kept',
  level: 'warning',
  path: '',
  message: `${refText(ref)} stays for now: pods of this deployment may still use it.`,
  hint: 'Run again once they are gone.',
});

/** Errors: ClusterError, in the middle of it; `done` says how far it came. */
export const removeAll = async (args: RemoveArgs, done: Done): Promise<void> => {
  const { plan, signal } = args;
  await removeGraphs(args, done);
  if (signal.aborted) return;
  // What is stuck does not need the rest to go away later, and a second run finds it by its own labels.
  await deleteAndWait(args, plan.own, done);
  if (signal.aborted) return;
  if (done.ended === 'gone' && done.left.length === 0) return deleteAndWait(args, plan.shared, done);
  for (const { ref } of plan.shared) {
    note(done, args, heldBack(ref));
    done.left.push(ref);
  }
};
