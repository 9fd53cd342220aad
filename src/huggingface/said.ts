/** What one answer of the Hub means, by its error code first and its status second. */

import { objectOf, parseJson } from '../core/json.ts';
import { commitOf } from './card.ts';
import type { Answer, Reply } from './request.ts';
import { textOf } from './text.ts';

export type Meaning =
  | 'ok'
  | 'gated'
  | 'disabled'
  | 'no-repository'
  | 'no-revision'
  | 'no-file'
  /** 401 without a code: a token that the Hub does not know, or a repository that it does not show to everybody. */
  | 'unauthorized'
  /** 403 without a code: by the Hub, for a token that may too little, or by somebody on the way. */
  | 'forbidden'
  /** Nothing that the Hub says of a repository. */
  | 'silent';

export type Said = {
  readonly meaning: Meaning;
  /** The Hub's own words, or why nothing was heard: one sentence; empty when there is nothing to say. */
  readonly words: string;
  readonly text: string;
  /** Commit that the answer is about; null when not told. */
  readonly commit: string | null;
};

const codes: Readonly<Record<string, Meaning>> = {
  GatedRepo: 'gated',
  RepoNotFound: 'no-repository',
  RevisionNotFound: 'no-revision',
  EntryNotFound: 'no-file',
};

const longestWords = 300;

const header = ({ headers }: Answer, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

const sentence = (words: string): string => {
  const line = words.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line === '') return '';
  const cut = line.length > longestWords ? `${line.slice(0, longestWords)}...` : line;
  return /[.!?]$/.test(cut) ? cut : `${cut}.`;
};

/** Of a refusal: its header, else the `error` of its JSON. */
const wordsOf = (answer: Answer): string =>
  sentence(header(answer, 'x-error-message') || textOf(objectOf(parseJson(answer.text))?.error) || '');

/** Seconds that the Hub wants to be left alone: Retry-After, or `t=` of its RateLimit; null when it does not say. */
const pauseOf = (answer: Answer): string | null =>
  /^\d+$/.exec(header(answer, 'retry-after'))?.[0] ??
  /\bt=(\d+)/.exec(header(answer, 'ratelimit'))?.[1] ??
  null;

const silenceOf = (answer: Answer, base: string, withToken: boolean): string => {
  const { status } = answer;
  const seconds = pauseOf(answer);
  const later = seconds === null ? 'try again later' : `try again in ${seconds} s`;
  if (status === 429) {
    const more = withToken ? later : `${later}, or give a token (HF_TOKEN), with which it allows more`;
    return `${base} answers 429, too many requests; ${more}.`;
  }
  if (status >= 500) return `${base} answers ${status}: it has trouble of its own; ${later}.`;
  if (status === 407) return `A proxy on the way to ${base} wants a name and password (407).`;
  if (status === 403) return `${base} answers 403: it, or somebody on the way to it, forbids this.`;
  if (status >= 400) return `${base} answers ${status}, not as a Hub does; check HF_ENDPOINT and the proxy.`;
  return `${base} answers ${status} with something that is not the Hub's; check HF_ENDPOINT and the proxy.`;
};

const byStatus = (answer: Answer, words: string): Meaning => {
  if (answer.status === 403 && /resource is disabled/i.test(words)) return 'disabled';
  if (answer.status === 401) return 'unauthorized';
  if (answer.status === 403) return 'forbidden';
  // A Hub explains itself; any web server says 404.
  return answer.status === 404 && words !== '' ? 'no-repository' : 'silent';
};

/** `base`: the Hub's address, for sentences. `withToken`: whether the question came with one. */
export const readReply = (reply: Reply, base: string, withToken: boolean): Said => {
  if (reply.kind === 'silence') return { meaning: 'silent', words: reply.sentence, text: '', commit: null };
  const { status, text } = reply;
  const commit = commitOf(header(reply, 'x-repo-commit'));
  if (status >= 200 && status < 300) return { meaning: 'ok', words: '', text, commit };
  const words = wordsOf(reply);
  const meaning = codes[header(reply, 'x-error-code')] ?? byStatus(reply, words);
  const unexplained = meaning === 'silent' || (meaning === 'forbidden' && words === '');
  return { meaning, words: unexplained ? silenceOf(reply, base, withToken) : words, text, commit };
};

/** An answer with status 200 that is not what was asked for. */
export const notTheHub = (said: Said, base: string): Said => ({
  ...said,
  meaning: 'silent',
  words: `${base} answers with something that is not the Hub's; check HF_ENDPOINT and the proxy.`,
});
