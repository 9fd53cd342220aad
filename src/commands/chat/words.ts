/** What a line typed in a chat asks for. */

import { nearest } from '../../core/suggest.ts';

export type ChatWord =
  | { readonly kind: 'say'; readonly text: string }
  /** Empty takes the instruction back. */
  | { readonly kind: 'system'; readonly text: string }
  | { readonly kind: 'save'; readonly file: string }
  | { readonly kind: 'reset' | 'exit' | 'help' | 'nothing' }
  | { readonly kind: 'unknown'; readonly problem: string };

const known = ['/system', '/save', '/reset', '/exit', '/help'] as const;

export const chatHelp: readonly string[] = [
  '/system TEXT  an instruction before the conversation; without TEXT none',
  '/save FILE    write the conversation to FILE; as JSON if it ends in .json',
  '/reset        forget the conversation',
  '/exit         leave',
  'Ctrl-C stops an answer; pressed again it leaves.',
];

const unknown = (word: string): ChatWord => {
  const guess = nearest(word, known);
  const more = guess === undefined ? `known: ${known.join(', ')}` : `did you mean ${guess}?`;
  return { kind: 'unknown', problem: `There is no ${word}; ${more}` };
};

const plain: Readonly<Record<string, ChatWord>> = {
  '/reset': { kind: 'reset' },
  '/exit': { kind: 'exit' },
  '/quit': { kind: 'exit' },
  '/help': { kind: 'help' },
};

const saveTo = (file: string): ChatWord =>
  file === ''
    ? { kind: 'unknown', problem: '/save needs a file: /save conversation.md' }
    : { kind: 'save', file };

/** A line that begins with two slashes is said with one. */
export const readWord = (line: string): ChatWord => {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('//')) return { kind: 'say', text: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'say', text };
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (word === '/system') return { kind: 'system', text: rest };
  if (word === '/save') return saveTo(rest);
  return plain[word] ?? unknown(word);
};
