/** One answer of the model, shown while it comes. */

import type { Tunnel } from '../../cluster/forward.ts';
import { chatBody, errorSaid, type Message, type Piece, pieceOf } from '../../core/chat.ts';
import { redact } from '../../core/redact.ts';
import { createSse } from '../../core/sse.ts';

export type Answered = {
  readonly kind: 'answered';
  readonly text: string;
  readonly reasoning: string;
  /** `stop`, `length`, …; null when it was stopped before its end. */
  readonly finish: string | null;
  readonly firstTokenMs: number | null;
  readonly tokensPerSecond: number | null;
  readonly tokens: number;
};

export type Failed = {
  readonly kind: 'failed';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** A sentence, or the server's own words. */
  readonly why: string;
};

export type AnswerAsk = {
  readonly tunnel: Pick<Tunnel, 'stream'>;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly maxTokens: number | null;
  /** Stops the answer, which keeps what has come. */
  readonly until: AbortSignal;
  readonly show: (piece: Pick<Piece, 'content' | 'reasoning'>) => void;
  readonly now: () => number;
};

/** A long prompt may take a minute to be read, and the first request compiles kernels. */
const firstWordMs = 180_000;

type Course = {
  text: string;
  reasoning: string;
  finish: string | null;
  counted: number | null;
  pieces: number;
  firstAt: number | null;
  lastAt: number;
};

const add = (course: Course, piece: Piece, now: number): void => {
  course.finish = piece.finish ?? course.finish;
  course.counted = piece.tokens ?? course.counted;
  if (piece.content === '' && piece.reasoning === '') return;
  course.text += piece.content;
  course.reasoning += piece.reasoning;
  course.pieces += 1;
  course.firstAt ??= now;
  course.lastAt = now;
};

const speed = (tokens: number, ms: number): number | null =>
  tokens < 2 || ms <= 0 ? null : Math.round(((tokens - 1) / ms) * 10_000) / 10;

const answered = (course: Course, began: number): Answered => {
  const tokens = course.counted ?? course.pieces;
  const { text, reasoning, finish, firstAt, lastAt } = course;
  return {
    kind: 'answered',
    text,
    reasoning,
    finish,
    firstTokenMs: firstAt === null ? null : Math.round(firstAt - began),
    tokensPerSecond: firstAt === null ? null : speed(tokens, lastAt - firstAt),
    tokens,
  };
};

const whole = async (chunks: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
};

/** Reads the stream to its end; a sentence when something went wrong in the middle. */
const readAll = async (
  chunks: AsyncIterable<string>,
  course: Course,
  { show, now }: AnswerAsk,
): Promise<string | null> => {
  const events = createSse();
  for await (const chunk of chunks) {
    for (const piece of events.add(chunk).map(pieceOf)) {
      if (piece === null) continue;
      if (piece.error !== null) return piece.error;
      add(course, piece, now());
      show(piece);
    }
  }
  return null;
};

/** Asks for the answer and shows it piece by piece. */
export const answer = async (ask: AnswerAsk): Promise<Answered | Failed> => {
  const { tunnel, model, messages, maxTokens, until, now } = ask;
  const began = now();
  const body = chatBody(model, messages, maxTokens);
  const request = { method: 'POST', path: '/v1/chat/completions', body, timeoutMs: firstWordMs } as const;
  const course: Course = {
    text: '',
    reasoning: '',
    finish: null,
    counted: null,
    pieces: 0,
    firstAt: null,
    lastAt: began,
  };
  const streaming = await tunnel.stream(request, until);
  if (until.aborted) return answered(course, began);
  if ('broken' in streaming) return { kind: 'failed', status: 0, why: streaming.broken };
  const { status, chunks } = streaming;
  try {
    if (status !== 200) {
      const said = await whole(chunks);
      return { kind: 'failed', status, why: redact(errorSaid(said) || said.trim()).slice(0, 300) };
    }
    const why = await readAll(chunks, course, ask);
    return why === null ? answered(course, began) : { kind: 'failed', status, why: redact(why) };
  } catch (error) {
    return { kind: 'failed', status: 0, why: error instanceof Error ? error.message : String(error) };
  }
};
