/** Requests with one answer: JSON both ways, warnings, time limit, and another try where that is safe. */

import { pause } from './abort.ts';
import { isHalf, readBody } from './body.ts';
import type { Answer, Ask } from './client.ts';
import { exchange, type Line, queryText, told } from './exchange.ts';
import { ClusterError } from './refusal.ts';
import { type Failure, waitBeforeRetry } from './retry.ts';
import type { Arrived, Outgoing } from './transport.ts';
import { brokenOff, TransportError } from './transport-error.ts';

/** Texts of `Warning: 299 - "text"`; several headers arrive as one, joined by commas. */
export const warningTexts = (header: string | readonly string[] | undefined): string[] => {
  const all = typeof header === 'string' ? header : (header ?? []).join(', ');
  return [...all.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );
};

const interrupted = (): ClusterError => new ClusterError('interrupted', 'Interrupted.');

type Plan = {
  readonly ask: Ask;
  readonly outgoing: Omit<Outgoing, 'connectMs' | 'answerMs'>;
  readonly limitMs: number;
};

const signalsOf = (line: Line, ask: Ask): readonly AbortSignal[] => {
  const ends = ask.throughInterrupt ? [line.closed] : line.signals;
  return ask.signal === undefined ? ends : [...ends, ask.signal];
};

const planOf = (line: Line, ask: Ask): Plan => {
  const body = ask.body === undefined ? null : JSON.stringify(ask.body);
  return {
    ask,
    limitMs: ask.method === 'GET' ? line.limits.requestMs : line.limits.writeMs,
    outgoing: {
      method: ask.method,
      path: `${ask.path}${queryText(ask.query)}`,
      headers: {
        Accept: ask.accept ?? 'application/json',
        // Lists shrink to a twentieth; the server packs what is larger than 128 KiB.
        'Accept-Encoding': 'gzip',
        ...(body !== null && {
          'Content-Type': ask.contentType ?? 'application/json',
          'Content-Length': Buffer.byteLength(body),
        }),
      },
      body,
      signals: signalsOf(line, ask),
    },
  };
};

type Try<T> =
  | { readonly kind: 'answer'; readonly answer: Answer<T> }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly error: unknown };

const answerOf = async <T>(line: Line, plan: Plan, arrived: Arrived): Promise<Answer<T>> => {
  const body = await readBody(arrived, plan.outgoing.signals, line.limits.requestMs);
  if (isHalf(arrived.headers['content-type'], body)) throw brokenOff(true);
  return {
    status: arrived.status,
    // The shape of an answer is what whoever asked knows of the API.
    body: body as T,
    warnings: warningTexts(arrived.headers['warning']),
  };
};

/** One try, with what is left of the time. */
const tryOnce = async <T>(line: Line, plan: Plan, leftMs: number): Promise<Try<T>> => {
  const connectMs = Math.min(leftMs, line.limits.requestMs);
  try {
    const sent = await exchange(line, line.transport.send, {
      ...plan.outgoing,
      connectMs,
      answerMs: leftMs,
    });
    if (sent.kind === 'answer') return { kind: 'answer', answer: await answerOf(line, plan, sent.arrived) };
    return { kind: 'failure', failure: { kind: 'refused', refusal: sent.refusal }, error: sent.refusal };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    const passing = error.reason === 'failed' && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    const limitMs = error.reason === 'no-connection' ? line.limits.requestMs : plan.limitMs;
    return {
      kind: 'failure',
      failure: { kind: 'no-answer', sent: error.sent, passing },
      error: told(line, error, limitMs),
    };
  }
};

const untilAnswered = async <T>(line: Line, plan: Plan): Promise<Answer<T>> => {
  const { signals } = plan.outgoing;
  const deadline = Date.now() + plan.limitMs;
  for (let tries = 1; ; tries++) {
    const result = await tryOnce<T>(line, plan, Math.max(1, deadline - Date.now()));
    if (result.kind === 'answer') return result.answer;
    const wait = waitBeforeRetry(plan.ask, result.failure, tries, Math.random());
    if (wait === null || Date.now() + wait >= deadline) throw result.error;
    await pause(wait, signals, interrupted);
  }
};

/** Makes the `request` of a client. */
export const makeRequest =
  (line: Line) =>
  async <T>(ask: Ask): Promise<Answer<T>> => {
    const plan = planOf(line, ask);
    if (plan.outgoing.signals.some(signal => signal.aborted)) throw interrupted();
    return untilAnswered(line, plan);
  };
