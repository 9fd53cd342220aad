/** Waits until what was made for a deployment is gone, tells what it waits for, and ends early where waiting does not help. */

import type { Client } from '../../cluster/client.ts';
import { type Left, untilEmpty, type Vanishing } from '../../cluster/vanish.ts';
import type { OperatorFact, SurveyAsk } from '../../core/cluster-facts.ts';
import type { Deployed, Remains, RemovalOutlook } from '../../core/deployed.ts';
import type { Finding } from '../../core/finding.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { RemovalPlan } from '../../core/removal.ts';
import { type Bell, createBell } from '../wait/bell.ts';
import { heldGpus } from '../wait/held.ts';
import { once } from '../wait/once.ts';
import { collectionOf } from './kinds.ts';
import { readCaretakers } from './read.ts';

export type SettleArgs = {
  readonly client: Client;
  readonly namespace: string;
  readonly survey: SurveyAsk;
  readonly deployed: Deployed;
  readonly plan: RemovalPlan;
  readonly operators: readonly OperatorFact[] | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly tell: (finding: Finding) => void;
  readonly say: (message: string) => void;
};

/** `findings` say why it did not come to an end. */
export type Settled = {
  readonly ended: 'gone' | 'hopeless' | 'timed-out' | 'interrupted';
  readonly findings: readonly Finding[];
  readonly left: readonly KubernetesObject[];
};

/** Between two looks, in milliseconds: news of one moment is looked at together. */
const lookEvery = 200;
/** Operators are read anew when they are older than this, in milliseconds, and something hangs on them. */
const operatorsStaleMs = 3_000;

const graphKey = 'graphs';
const childKey = 'children';
const podKey = 'pods';

const uidOf = (object: KubernetesObject): string | undefined =>
  (object.metadata as { readonly uid?: string }).uid;

/** The version in which the graphs were read; without any, the first that the component knows. */
const graphVersion = ({ plan, survey: { graph } }: SettleArgs): string =>
  plan.graphs[0]?.ref.apiVersion ?? `${graph.group}/${graph.versions[0] ?? ''}`;

/** Of the graphs only those that were deleted: a new one of that name is somebody else's. */
const graphsOf = (args: SettleArgs): Vanishing[] => {
  const { namespace, survey, plan } = args;
  const uids = plan.graphs.map(({ uid }) => uid);
  return plan.graphs.map(({ ref }) => ({
    key: `${graphKey}/${ref.name}`,
    path: collectionOf({ apiVersion: graphVersion(args), plural: survey.graph.plural }, namespace),
    fieldSelector: `metadata.name=${ref.name}`,
    counts: object => uids.includes(uidOf(object) ?? null),
    needed: true,
  }));
};

const collectionsOf = (args: SettleArgs): Vanishing[] => {
  const { namespace, deployed, plan } = args;
  if (plan.names.length === 0) return graphsOf(args);
  const labelSelector = `${deployed.childLabel} in (${plan.names.join(',')})`;
  const labelled = (plural: string, apiVersion: string, key: string, needed: boolean): Vanishing => ({
    key,
    path: collectionOf({ apiVersion, plural }, namespace),
    labelSelector,
    needed,
  });
  return [
    ...graphsOf(args),
    ...deployed.children.map(({ plural, apiVersion }) =>
      labelled(plural, apiVersion ?? graphVersion(args), `${childKey}/${plural}`, false),
    ),
    labelled('pods', 'v1', podKey, plan.graphs.length > 0),
  ];
};

type State = {
  left: Left;
  operators: readonly OperatorFact[] | null;
  operatorsAt: number;
  done: boolean;
  problem: { readonly error: unknown } | null;
  /** Why nothing is heard of the cluster at the moment; null when it is heard. */
  unheard: string | null;
};

const startingWith = (left: Left, word: string): KubernetesObject[] =>
  [...left].filter(([key]) => key.startsWith(word)).flatMap(([, objects]) => objects);

const remainsOf = ({ namespace }: SettleArgs, { left, operators }: State, since: number): Remains => ({
  namespace,
  now: Date.now(),
  since,
  graphs: startingWith(left, graphKey),
  children: startingWith(left, childKey),
  pods: left.get(podKey) ?? [],
  operators,
});

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** What is waited for; empty when nothing is. */
const progress = ({ graphs, children, pods }: Remains): string => {
  const gpus = heldGpus(pods);
  const held = gpus === 0 ? '' : ` with ${counted(gpus, 'GPU')}`;
  const parts = [
    ...graphs.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ...(pods.length === 0 ? [] : [`${counted(pods.length, 'pod')}${held}`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return children.length === 0 ? '' : `${counted(children.length, 'object')} of the operator`;
};

/** What was last seen is no reason for anything while nothing is heard. */
const quiet: RemovalOutlook = { hopeless: [], notices: [], lookAgainAt: null };

type Look = { readonly remains: Remains; readonly outlook: RemovalOutlook };

/** What is going to be said may hang on the operator, which may have come or gone meanwhile. */
const look = async (args: SettleArgs, state: State, since: number): Promise<Look> => {
  const remains = remainsOf(args, state, since);
  if (state.unheard !== null) return { remains, outlook: quiet };
  const outlook = args.deployed.removal(remains);
  const isQuiet = outlook.hopeless.length === 0 && outlook.notices.length === 0;
  if (isQuiet || Date.now() - state.operatorsAt <= operatorsStaleMs) return { remains, outlook };
  state.operators = await readCaretakers(args.client, args, args.signal).catch(() => state.operators);
  state.operatorsAt = Date.now();
  const again = remainsOf(args, state, since);
  return { remains: again, outlook: args.deployed.removal(again) };
};

const notHeard = (why: string): Finding => ({
  rule: 'cluster-unreachable',
  level: 'error',
  path: '',
  message: `The cluster was not heard any more, so what is left is not known. ${why}`,
  hint: 'Run again once it can be reached.',
});

/** How it ends; null when it goes on. */
const endAfter = (
  args: SettleArgs,
  { unheard }: State,
  { remains, outlook }: Look,
  limit: number,
): Settled | null => {
  const left = [...remains.graphs, ...remains.children, ...remains.pods];
  if (args.signal.aborted) return { ended: 'interrupted', findings: [], left };
  if (outlook.hopeless.length > 0) return { ended: 'hopeless', findings: outlook.hopeless, left };
  if (Date.now() < limit) return null;
  const findings = unheard === null ? args.deployed.stillThere(remains) : [notHeard(unheard)];
  return { ended: 'timed-out', findings, left };
};

/** Says what is waited for, when that changes. */
const teller = ({ tell, say }: SettleArgs): ((look: Look) => void) => {
  const notice = once(tell);
  let said = '';
  return ({ remains, outlook }) => {
    for (const finding of outlook.notices) notice(finding);
    const text = progress(remains);
    if (text !== '' && text !== said) say(`still there: ${text}`);
    said = text;
  };
};

const watchOn = async (args: SettleArgs, state: State, bell: Bell): Promise<Settled> => {
  const since = Date.now();
  const limit = since + args.timeoutMs;
  const tellLook = teller(args);
  for (;;) {
    if (state.problem !== null) throw state.problem.error;
    if (state.done) return { ended: 'gone', findings: [], left: [] };
    const seen = await look(args, state, since);
    const ended = endAfter(args, state, seen, limit);
    if (ended !== null) return ended;
    tellLook(seen);
    await bell.until(Math.min(seen.outlook.lookAgainAt ?? limit, limit), Date.now() + lookEvery);
  }
};

/** Errors: ClusterError when graphs or pods may not be followed. */
export const settleRemoval = async (args: SettleArgs): Promise<Settled> => {
  const end = new AbortController();
  const signal = AbortSignal.any([args.signal, end.signal]);
  const bell = createBell(args.signal);
  const state: State = {
    left: new Map(),
    operators: args.operators,
    operatorsAt: Date.now(),
    done: false,
    problem: null,
    unheard: null,
  };
  const following = untilEmpty(args.client, collectionsOf(args), {
    signal,
    onChange: left => {
      state.left = new Map(left);
      bell.ring();
    },
    onProblem: message => {
      state.unheard = message;
      args.say(
        message === null
          ? 'The cluster is heard again.'
          : `The cluster is not heard; trying again. ${message}`,
      );
    },
  }).then(
    () => {
      state.done = !args.signal.aborted;
    },
    (error: unknown) => {
      state.problem = { error };
    },
  );
  void following.then(bell.ring);
  try {
    return await watchOn(args, state, bell);
  } finally {
    end.abort();
    await following;
  }
};
