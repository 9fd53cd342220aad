/** What the Hub says of a model, or said the last time when it cannot be asked. */

import type { HubFacts } from '../core/hub-facts.ts';
import { type KeptFacts, readHubCache, writeHubCache } from '../files/hubCache.ts';
import { cacheKey, isCommit, isKeepable } from '../huggingface/cacheKey.ts';
import { readEndpoint } from '../huggingface/endpoint.ts';
import { unasked } from '../huggingface/unasked.ts';
import type { Io } from '../io.ts';

export type HubQuestion = {
  readonly io: Pick<Io, 'env' | 'version'>;
  /** Hub id. */
  readonly model: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly token: string | null;
  /** Opens no connection. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  /** For all requests together; 10 s when absent. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 10_000;

const remembered = (question: HubQuestion, { facts }: KeptFacts, message: string): HubFacts => ({
  ...facts,
  model: question.model,
  asked: question.revision,
  message,
  withToken: false,
  account: null,
});

const keep = ({ io, revision }: HubQuestion, key: string, facts: HubFacts): void => {
  const kept = { at: new Date().toISOString(), facts: { ...facts, withToken: false, account: null } };
  for (const name of new Set([revision, facts.revision ?? revision])) writeHubCache(io.env, key, name, kept);
};

const ask = async (question: HubQuestion, endpoint: string): Promise<HubFacts> => {
  if (question.offline) return unasked(question, endpoint, 'The Hub was not asked, because of --offline.');
  const { askHub } = await import('../huggingface/hub.ts');
  return askHub(question.io, { ...question, timeoutMs: question.timeoutMs ?? defaultTimeoutMs });
};

/**
 * Facts about a model; never rejects because of the Hub. A commit that is remembered is not asked for again. When the Hub cannot be
 * asked, what is remembered is told with a message that says from when it is.
 */
export const hubFor = async (question: HubQuestion): Promise<HubFacts> => {
  const { io, model, revision } = question;
  const endpoint = readEndpoint(io.env);
  if ('problem' in endpoint) return ask(question, '');
  const key = cacheKey(endpoint.base, model);
  const kept = readHubCache(io.env, key, revision);
  if (kept !== null && isCommit(revision)) return remembered(question, kept, '');
  const facts = await ask(question, endpoint.base);
  if (isKeepable(facts)) keep(question, key, facts);
  if (facts.verdict !== 'unknown' || kept === null) return facts;
  return remembered(
    question,
    kept,
    `${facts.message} What it said on ${kept.at.slice(0, 10)} is taken instead.`,
  );
};
