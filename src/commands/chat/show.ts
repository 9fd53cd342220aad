/** Shows an answer while it comes: the text, thoughts dimmed before it, and figures after it. */

import type { Writable } from 'node:stream';
import type { Piece } from '../../core/chat.ts';
import { plainText } from '../../core/plain.ts';
import type { Paint } from '../../output/paint.ts';
import type { Answered } from './answer.ts';

export type AnswerShow = {
  readonly piece: (piece: Pick<Piece, 'content' | 'reasoning'>) => void;
  /** Ends the line. */
  readonly end: () => void;
};

type Kind = 'reasoning' | 'content';

/** Without colour, words tell thoughts from the answer. */
const heads: Readonly<Record<Kind, string>> = { reasoning: '[thinking] ', content: '[answer] ' };

/** A colour that goes over a line's end would colour what comes after it on some terminals. */
const dimmed = (text: string, paint: Paint): string =>
  text
    .split('\n')
    .map(line => (line === '' ? '' : paint.dim(line)))
    .join('\n');

/** What stands between thoughts and answer; an answer without thoughts needs no head. */
const between = (before: Kind | null, kind: Kind, colored: boolean): string => {
  if (before === kind) return '';
  const gap = before === null ? '' : '\n\n';
  return colored || (before === null && kind === 'content') ? gap : `${gap}${heads[kind]}`;
};

export const showAnswer = (stream: Writable, paint: Paint, colored: boolean): AnswerShow => {
  let last: Kind | null = null;
  let atLineStart = true;
  const write = (kind: Kind, text: string): void => {
    const shown = plainText(text);
    if (shown === '') return;
    stream.write(between(last, kind, colored) + (kind === 'reasoning' ? dimmed(shown, paint) : shown));
    last = kind;
    atLineStart = shown.endsWith('\n');
  };
  return {
    piece: ({ content, reasoning }) => {
      write('reasoning', reasoning);
      write('content', content);
    },
    end: () => {
      if (!atLineStart) stream.write('\n');
    },
  };
};

const ends: Readonly<Record<string, string>> = {
  length: 'cut at the token limit',
  content_filter: 'cut by a content filter',
  tool_calls: 'a tool call, which nobody here answers',
};

/** `first token after 42 ms, 180.3 tokens/s, 64 tokens` */
export const figuresOf = (
  { firstTokenMs, tokensPerSecond, tokens, finish }: Answered,
  stopped: boolean,
): string =>
  [
    ...(stopped ? ['stopped'] : []),
    ...(firstTokenMs === null ? ['no token came'] : [`first token after ${firstTokenMs} ms`]),
    ...(tokensPerSecond === null ? [] : [`${tokensPerSecond} tokens/s`]),
    ...(firstTokenMs === null ? [] : [`${tokens} token${tokens === 1 ? '' : 's'}`]),
    ...(finish === null ? [] : [ends[finish] ?? '']),
  ]
    .filter(part => part !== '')
    .join(', ');
