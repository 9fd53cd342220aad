/** Reads an HTTP answer as what the probe wants to know: a status, a JSON body, a sentence of the server. */

import type { HttpAnswer, HttpAsk, Send } from '../../../../core/probe.ts';
import { redact } from '../../../../core/redact.ts';
import { shown } from '../../../../core/text.ts';

export type Reply =
  | { readonly kind: 'broken'; readonly why: string }
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Parsed; undefined when it is no JSON. */
      readonly body: unknown;
      readonly answer: HttpAnswer;
    };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const ask = async (send: Send, request: HttpAsk): Promise<Reply> => {
  const answer = await send(request);
  if ('broken' in answer) return { kind: 'broken', why: answer.broken };
  return { kind: 'answer', status: answer.status, body: parsed(answer.text), answer };
};

export const get = (send: Send, path: string, timeoutMs = 5000): Promise<Reply> =>
  ask(send, { method: 'GET', path, body: null, timeoutMs });

type Data = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const longestSaid = 200;

/** What the server says went wrong: `message`, or `error.message`, or the beginning of the text; empty when nothing. */
export const saidBy = (reply: Reply): string => {
  if (reply.kind === 'broken') return reply.why;
  const body = record(reply.body);
  const said = body.message ?? record(body.error).message ?? body.detail ?? body.error;
  const text = typeof said === 'string' ? said : reply.answer.text;
  const line = redact(text.replace(/\s+/g, ' ').trim());
  return line.length > longestSaid ? `${line.slice(0, longestSaid - 3)}...` : line;
};

/** `404 "Model not found"`, or what broke. */
export const summaryOf = (reply: Reply): string => {
  if (reply.kind === 'broken') return reply.why;
  const said = saidBy(reply);
  return said === '' ? String(reply.status) : `${reply.status} ${shown(said)}`;
};

/** Somebody before the frontend wants credentials: Dynamo's frontend itself never does. */
export const isGuarded = (reply: Reply): boolean =>
  reply.kind === 'answer' && (reply.status === 401 || reply.status === 403);
