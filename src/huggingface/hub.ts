/** Asks the Hub about one model: is it there, may this token read it, how large is it. */

import type { HubFacts } from '../core/hub-facts.ts';
import { hide, redact } from '../core/redact.ts';
import type { Io } from '../io.ts';
import { type Account, askAccount, unclear } from './account.ts';
import { isId } from './card.ts';
import { detailsOf, readDetails } from './details.ts';
import { type Endpoint, offlineVariable, readEndpoint } from './endpoint.ts';
import { type Look, lookAt } from './look.ts';
import { openSession, type Session } from './request.ts';
import { suggest } from './suggest.ts';
import { unasked } from './unasked.ts';
import { isDoubtful, isTokenBad, type Verdict, verdictOf } from './verdict.ts';

export type HubAsk = {
  /** Hub id. */
  readonly model: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Null for none. */
  readonly token: string | null;
  /** For everything together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

type Seen = { readonly look: Look; readonly account: Account; readonly verdict: Verdict };

/** A refusal with a token means little until the token was looked into and the question asked without it. */
const see = async (session: Session, { model, revision }: HubAsk): Promise<Seen> => {
  const first = await lookAt(session, model, revision, false);
  if (!session.withToken || !isDoubtful(first)) {
    return { look: first, account: unclear, verdict: verdictOf(first) };
  }
  const [account, second] = await Promise.all([
    askAccount(session),
    first.card === null ? lookAt(session, model, revision, true) : null,
  ]);
  if (!isTokenBad(first, second, account)) return { look: first, account, verdict: verdictOf(first) };
  const message = (first.card === null ? first.metadata : first.config).words;
  return { look: second ?? first, account, verdict: { verdict: 'token-invalid', message } };
};

const suggestionsFor = (session: Session, model: string, { look, verdict }: Seen): Promise<string[]> => {
  const gone = verdictOf(look).verdict === 'missing';
  return gone ? suggest(session, model, verdict.verdict === 'token-invalid') : Promise.resolve([]);
};

const withheld = (ask: HubAsk, endpoint: Endpoint): string =>
  ask.token !== null && endpoint.exposed
    ? `The token was not sent, because the way to ${endpoint.base} is not encrypted.`
    : '';

const gather = async (session: Session, ask: HubAsk): Promise<HubFacts> => {
  const { endpoint } = session;
  const seen = await see(session, ask);
  const { look, account, verdict } = seen;
  const readable = look.config.meaning === 'ok';
  const [details, suggestions] = await Promise.all([
    readable ? readDetails(session, look, ask) : detailsOf(look.card, null),
    suggestionsFor(session, ask.model, seen),
  ]);
  return {
    ...unasked(ask, endpoint.base, [verdict.message, withheld(ask, endpoint)].filter(Boolean).join(' ')),
    ...details,
    verdict: verdict.verdict,
    id: look.card?.id ?? null,
    revision: look.card?.sha ?? look.config.commit,
    gated: look.card?.gated ?? null,
    private: look.card?.isPrivate ?? null,
    withToken: session.withToken,
    account: account.kind === 'known' ? account.name : null,
    suggestions,
  };
};

/** A server may send back what it was sent: no text leaves here with a secret in it. */
const clean = (facts: HubFacts, secrets: readonly string[]): HubFacts => {
  const purge = (value: unknown): unknown => {
    if (typeof value === 'string') return hide(value, secrets);
    return Array.isArray(value) ? value.map(purge) : value;
  };
  const entries = Object.entries(facts).map(([key, value]) => [key, purge(value)]);
  return { ...(Object.fromEntries(entries) as HubFacts), message: redact(facts.message, secrets) };
};

/**
 * What the Hub says of a model, in two to eight requests. Never rejects: whatever the network or the Hub does wrong gives `unknown` and a
 * sentence. Honours HF_ENDPOINT, HF_HUB_OFFLINE and the proxies of `io.env`. The token is in nothing that is returned.
 */
export const askHub = async (io: Pick<Io, 'env' | 'version'>, ask: HubAsk): Promise<HubFacts> => {
  const endpoint = readEndpoint(io.env);
  if ('problem' in endpoint) return unasked(ask, '', endpoint.problem);
  const offline = offlineVariable(io.env);
  if (offline !== undefined)
    return unasked(ask, endpoint.base, `The Hub was not asked, because of ${offline}.`);
  if (!isId(ask.model)) {
    return unasked(ask, endpoint.base, 'The Hub was not asked: the model is not named by an id of the Hub.');
  }
  const session = openSession({ ...ask, io, endpoint });
  try {
    const secrets = [...(ask.token === null ? [] : [ask.token]), ...endpoint.secrets];
    return clean(await gather(session, ask), secrets);
  } finally {
    session.close();
  }
};
