/** Reading from the Hub: GET over kept connections, by proxy, with redirects, within one time limit for all of them. */

import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Io } from '../io.ts';
import { openAgents } from './agents.ts';
import type { Endpoint } from './endpoint.ts';
import { proxyFor } from './proxy.ts';
import { sentenceOf, wasCut } from './trouble.ts';

export type Answer = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

/** Nobody answered, or with more than is read, or with a redirect that is not followed: one sentence. */
export type Silence = { readonly kind: 'silence'; readonly sentence: string };

export type Reply = Answer | Silence;

export type Get = {
  /** Longest body that is read, bytes. */
  readonly most: number;
  /** Leaves the token out. */
  readonly anonymous?: boolean;
};

export type Session = {
  readonly endpoint: Endpoint;
  /** Whether there is a token that is sent. */
  readonly withToken: boolean;
  /** `path` follows the endpoint's address. Never rejects. */
  readonly get: (path: string, get: Get) => Promise<Reply>;
  readonly close: () => void;
};

type Opening = {
  readonly io: Pick<Io, 'env' | 'version'>;
  readonly endpoint: Endpoint;
  readonly token: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

const mostRedirects = 5;
const pauseMs = 250;
const redirects = [301, 302, 303, 307, 308];
const passing = [500, 502, 503, 504];

/** Its message is a sentence. */
class Refused extends Error {}

const readBody = async (response: IncomingMessage, from: URL, most: number): Promise<string> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > most) {
      response.destroy();
      throw new Refused(`${from.origin} answers with more than ${Math.round(most / 1024)} KiB.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
};

const send = (url: URL, options: https.RequestOptions): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? http : https).request(url, options, resolve);
    request.on('error', reject);
    request.end();
  });

/** Where an answer sends us; null when nowhere. Errors: Refused when we do not go there. */
const redirectOf = (response: IncomingMessage, from: URL): URL | null => {
  const { location } = response.headers;
  if (location === undefined || !redirects.includes(response.statusCode ?? 0)) return null;
  if (!URL.canParse(location, from.href)) throw new Refused(`${from.origin} sends on to what is no address.`);
  const to = new URL(location, from);
  const safe = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  if (!safe) throw new Refused(`${from.origin} sends on to an address that is not encrypted.`);
  // The address of a repository under its canonical name may come without what was asked for.
  if (to.origin === from.origin && to.search === '') to.search = from.search;
  return to;
};

/** How requests are made: the token goes to the endpoint's own origin only, and never where others can read it. */
const senderFor = ({ io, endpoint, token }: Opening, signal: AbortSignal) => {
  const agents = openAgents(signal);
  const { origin } = new URL(endpoint.base);
  const bearer = token === null || endpoint.exposed ? null : `Bearer ${token}`;

  const authorization = (url: URL, anonymous: boolean): Readonly<Record<string, string>> => {
    if (url.origin !== origin) return {};
    const value = (anonymous ? null : bearer) ?? endpoint.basic;
    return value === null ? {} : { authorization: value };
  };

  const ask = (url: URL, anonymous: boolean): Promise<IncomingMessage> => {
    const proxy = proxyFor(url, io.env);
    if (proxy !== null && 'problem' in proxy) throw new Refused(proxy.problem);
    const agent = agents.get(url.protocol === 'https:', proxy?.url ?? null);
    const known = { accept: 'application/json', 'user-agent': `dynamo-installer/${io.version}` };
    return send(url, { agent, signal, headers: { ...known, ...authorization(url, anonymous) } });
  };
  return { ask, withToken: bearer !== null, close: agents.close };
};

/** Opens what shares one time limit until it is closed. */
export const openSession = (opening: Opening): Session => {
  const { io, endpoint, timeoutMs, signal } = opening;
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  const either = AbortSignal.any([signal, ending.signal]);
  const sender = senderFor(opening, either);

  const follow = async (start: URL, { most, anonymous = false }: Get): Promise<Answer> => {
    let url = start;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      const response = await sender.ask(url, anonymous);
      const text = await readBody(response, url, most);
      const next = redirectOf(response, url);
      if (next === null)
        return { kind: 'answer', status: response.statusCode ?? 0, headers: response.headers, text };
      url = next;
    }
    throw new Refused(`${endpoint.base} sends on more than ${mostRedirects} times.`);
  };

  const explain = (error: unknown): Silence => {
    if (error instanceof Refused) return { kind: 'silence', sentence: error.message };
    const proxy = proxyFor(new URL(endpoint.base), io.env);
    const sentence = sentenceOf(error, {
      origin: endpoint.base,
      proxy: proxy !== null && 'url' in proxy ? proxy.url.origin : null,
      seconds: Math.round(timeoutMs / 100) / 10,
      ended: signal.aborted ? 'interrupted' : ending.signal.aborted ? 'late' : null,
    });
    return { kind: 'silence', sentence };
  };

  /** `again`: another try may well succeed. */
  const once = async (url: URL, get: Get): Promise<{ readonly reply: Reply; readonly again: boolean }> => {
    try {
      const reply = await follow(url, get);
      return { reply, again: passing.includes(reply.status) };
    } catch (error) {
      return { reply: explain(error), again: wasCut(error) };
    }
  };

  return {
    endpoint,
    withToken: sender.withToken,
    get: async (path, get) => {
      const url = new URL(`${endpoint.base}${path}`);
      const first = await once(url, get);
      if (!first.again || either.aborted) return first.reply;
      await pause(pauseMs, undefined, { signal: either }).catch(() => undefined);
      return either.aborted ? first.reply : (await once(url, get)).reply;
    },
    close: () => {
      clearTimeout(timer);
      ending.abort();
      sender.close();
    },
  };
};
