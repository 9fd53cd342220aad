/** What is known of the world while questions are asked, and when they are answered. */

import { clusterName } from '../core/cluster-facts.ts';
import { type Facts, noFacts } from '../core/component.ts';
import type { HubFacts } from '../core/hub-facts.ts';
import type { Values } from '../core/settings.ts';
import { wrap } from '../output/wrap.ts';
import type { Context } from './context.ts';
import { askHubFor, type Token } from './hubFacts.ts';
import type { Look, Seen } from './look.ts';
import { whileLooking } from './slow.ts';
import { say } from './talk.ts';

/** Longest time that a question or a save waits for the cluster. */
const patienceMs = 2000;
/** The first question is on the screen by then. */
const headStartMs = 100;

export type Learned = {
  readonly facts: Facts;
  readonly seen: Seen | null;
  readonly hub: HubFacts | null;
  readonly token: Token | null;
};

const factsOf = async (
  context: Context,
  seen: Seen | null,
  hub: HubFacts | null,
  token: Token | null,
  otherwise: Facts,
): Promise<Facts> => {
  if (seen === null || 'unseen' in seen) return otherwise;
  const { facts } = await context.entry.preflight();
  return { ...facts(seen.world.cluster, hub, token !== null), prices: otherwise.prices ?? null };
};

/** `Cluster: context prod, namespace dynamo-system, Dynamo operator 0.9.1, 6 GPUs free`; its address too where that is asked for. */
export const clusterLine = (seen: Seen, facts: Facts, withServer = false): string => {
  if ('unseen' in seen)
    return `No cluster, so saving is possible and deploying is not. ${seen.unseen.message}`;
  const { target, namespace } = seen.world.cluster;
  const free = facts.gpuNodes?.reduce((sum, node) => sum + node.freeGpus, 0);
  return [
    `Cluster: ${clusterName(target)}`,
    ...(withServer && target.context !== null ? [target.server] : []),
    `namespace ${namespace}`,
    facts.operatorRelease === null ? 'no Dynamo operator found' : `Dynamo operator ${facts.operatorRelease}`,
    ...(free === undefined ? [] : [`${free} GPUs free`]),
  ].join(', ');
};

export type QuestionFacts = {
  readonly next: () => Promise<Facts>;
  /** Whether the person has read which cluster it is. */
  readonly named: () => boolean;
};

/**
 * Facts for the next question. The first gets what there is, so that it is drawn at once; the look begins behind it. The
 * second waits a moment, later ones no more; as soon as it is known, the cluster is named once.
 */
export const factsForQuestions = (context: Context, look: Look, given: Facts): QuestionFacts => {
  let asked = 0;
  let known = given;
  let named = false;
  const next = async (): Promise<Facts> => {
    asked += 1;
    if (asked === 1) setTimeout(look.start, headStartMs).unref();
    if (asked === 1 || named) return known;
    const seen = await look.within(asked === 2 ? patienceMs : 0);
    if (seen === null) return known;
    named = true;
    known = await factsOf(context, seen, null, null, { ...given, isUnseen: true });
    say(context.io, ...wrap(clusterLine(seen, known), context.io.columns));
    return known;
  };
  return { next, named: () => named };
};

/** Everything that can be known before manifests are made: for a deployment all of it, otherwise what is there soon. */
export const learn = async (context: Context, values: Values, look: Look, given: Facts): Promise<Learned> => {
  if (values.action !== 'deploy') {
    const seen = await look.within(patienceMs);
    return { facts: await factsOf(context, seen, null, null, given), seen, hub: null, token: null };
  }
  look.start();
  const [seen, { hub, token }] = await Promise.all([
    whileLooking(context, look.seen()),
    askHubFor(context, values),
  ]);
  const known =
    hub.id === null
      ? null
      : { asked: hub.model, id: hub.id, weightsBytes: hub.weightsBytes, config: hub.config };
  const otherwise = { ...noFacts, ...given, model: known, token: token !== null };
  return { facts: await factsOf(context, seen, hub, token, otherwise), seen, hub, token };
};
