/** Chat completions: the request, and whether an answer is a good one. */

import type { HttpAsk } from '../../../../core/probe.ts';
import { shown } from '../../../../core/text.ts';
import { list, type Reply, record, summaryOf } from './reply.ts';
import { eventsOf } from './sse.ts';

export type Good = {
  readonly kind: 'good';
  /** What the model said; its reasoning when it came no further; may be empty. */
  readonly text: string;
  /** How the answer ended or what is remarkable about it, for people. */
  readonly remark: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Tokens of the prompt that came out of the cache; null when the answer does not tell. */
  readonly cachedTokens: number | null;
};

export type Judged =
  | Good
  /** An answer that more waiting may make good: not routable yet, busy, broken. */
  | { readonly kind: 'not-yet'; readonly why: string }
  /** An answer as of a model that is served, but not as it should be. */
  | {
      readonly kind: 'bad';
      readonly fault: 'wrong-model' | 'empty' | 'no-finish' | 'no-usage' | 'no-json' | 'no-stream';
      readonly why: string;
    };

export const shortPrompt = 'Say hello in one short sentence.';

export const chatAsk = (
  model: string,
  content: string,
  options: { readonly maxTokens: number; readonly stream: boolean; readonly timeoutMs: number },
): HttpAsk => ({
  method: 'POST',
  path: '/v1/chat/completions',
  timeoutMs: options.timeoutMs,
  body: {
    model,
    messages: [{ role: 'user', content }],
    max_tokens: options.maxTokens,
    ...(options.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  },
});

/** What one answer holds, streamed or not. */
type Told = {
  readonly model: string;
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: number;
  readonly finish: string | null;
  readonly usage: Readonly<Record<string, unknown>> | null;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const usageOf = (value: unknown): Told['usage'] =>
  typeof value === 'object' && value !== null ? record(value) : null;

/** `message` of an answer, or `delta` of a streamed piece. */
const toldBy = (body: Readonly<Record<string, unknown>>): Told => {
  const choice = record(list(body.choices)[0]);
  const message = record(choice.message ?? choice.delta);
  return {
    model: text(body.model),
    content: text(message.content),
    reasoning: text(message.reasoning_content) || text(message.reasoning),
    toolCalls: list(message.tool_calls).length,
    finish: text(choice.finish_reason) || null,
    usage: usageOf(body.usage),
  };
};

const joined = (parts: readonly Told[]): Told => ({
  model: parts.find(({ model }) => model !== '')?.model ?? '',
  content: parts.map(({ content }) => content).join(''),
  reasoning: parts.map(({ reasoning }) => reasoning).join(''),
  toolCalls: parts.reduce((sum, { toolCalls }) => sum + toolCalls, 0),
  finish: parts.findLast(({ finish }) => finish !== null)?.finish ?? null,
  usage: parts.findLast(({ usage }) => usage !== null)?.usage ?? null,
});

const says = ({ content, reasoning, toolCalls }: Told): boolean =>
  content.trim() !== '' || reasoning.trim() !== '' || toolCalls > 0;

const remarkOf = (told: Told): string => {
  if (told.content.trim() !== '') return told.finish === 'length' ? 'cut at the token limit' : '';
  if (told.toolCalls > 0) return 'a tool call';
  if (told.reasoning.trim() !== '')
    return told.finish === 'length' ? 'reasoning only, cut at the token limit' : 'reasoning only';
  return 'tokens without visible text';
};

/** A model that only ends its turn has produced one token, its end mark; more tokens without text were thoughts that a parser took away. */
const endMark = 1;

const faultOf = (told: Told, wanted: string, tokens: number | null): Judged | null => {
  if (told.model !== '' && told.model !== wanted)
    return { kind: 'bad', fault: 'wrong-model', why: `it answers as ${shown(told.model)}` };
  if (told.finish === null)
    return { kind: 'bad', fault: 'no-finish', why: 'the answer has no finish_reason' };
  if (tokens === null) return { kind: 'bad', fault: 'no-usage', why: 'the answer counts no tokens' };
  return !says(told) && tokens <= endMark
    ? { kind: 'bad', fault: 'empty', why: `the answer is empty (${tokens} tokens)` }
    : null;
};

const judge = (told: Told, wanted: string, pieces: number | null): Judged => {
  // Older frontends leave usage out of streams: then each piece with text counts as one token.
  const tokens = count(told.usage?.completion_tokens) ?? pieces;
  const fault = faultOf(told, wanted, tokens);
  if (fault !== null) return fault;
  return {
    kind: 'good',
    text: told.content.trim() || told.reasoning.trim(),
    remark: remarkOf(told),
    promptTokens: count(told.usage?.prompt_tokens) ?? 0,
    completionTokens: tokens ?? 0,
    cachedTokens: count(record(told.usage?.prompt_tokens_details).cached_tokens),
  };
};

/** Judges an answer that came as one. */
export const judgeChat = (reply: Reply, wanted: string): Judged => {
  if (reply.kind === 'broken' || reply.status !== 200) return { kind: 'not-yet', why: summaryOf(reply) };
  if (reply.body === undefined)
    return { kind: 'bad', fault: 'no-json', why: 'the answer is not JSON, so something else answers' };
  return judge(toldBy(record(reply.body)), wanted, null);
};

export type Streamed = {
  readonly judged: Judged;
  /** Milliseconds to the first token; null when none came. */
  readonly firstTokenMs: number | null;
  /** After the first token; null when too few came, or all at once. */
  readonly tokensPerSecond: number | null;
};

const unit = (data: string): Readonly<Record<string, unknown>> => {
  try {
    return record(JSON.parse(data));
  } catch {
    return {};
  }
};

const speed = (tokens: number, ms: number): number | null =>
  tokens < 2 || ms <= 0 ? null : Math.round(((tokens - 1) / ms) * 10_000) / 10;

const errorIn = (units: readonly Readonly<Record<string, unknown>>[]): string | null => {
  const found = units.find(each => 'error' in each || ('message' in each && !('choices' in each)));
  return found === undefined ? null : text(found.message) || text(record(found.error).message) || 'an error';
};

const notStreamed: Judged = {
  kind: 'bad',
  fault: 'no-stream',
  why: 'the answer came as one, not as server-sent events',
};

/** Judges a streamed answer and measures it. */
export const judgeStream = (reply: Reply, wanted: string): Streamed => {
  const none = { firstTokenMs: null, tokensPerSecond: null };
  if (reply.kind === 'broken' || reply.status !== 200) return { judged: judgeChat(reply, wanted), ...none };
  if (reply.answer.pieces.length === 0) return { judged: notStreamed, ...none };
  const events = eventsOf(reply.answer.pieces).filter(({ data }) => data !== '[DONE]');
  const units = events.map(({ ms, data }) => ({ ms, unit: unit(data) }));
  const error = errorIn(units.map(each => each.unit));
  if (error !== null) return { judged: { kind: 'not-yet', why: error }, ...none };
  const parts = units.map(each => ({ ms: each.ms, told: toldBy(each.unit) }));
  const speaking = parts.filter(({ told }) => says(told) || told.content !== '');
  const judged = judge(joined(parts.map(({ told }) => told)), wanted, speaking.length);
  const [first, last] = [speaking[0], speaking.at(-1)];
  if (first === undefined || last === undefined) return { judged, ...none };
  const tokens = judged.kind === 'good' ? judged.completionTokens : speaking.length;
  return { judged, firstTokenMs: first.ms, tokensPerSecond: speed(tokens, last.ms - first.ms) };
};
