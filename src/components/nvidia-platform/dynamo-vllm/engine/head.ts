/** Reads one token of a command line: is it a flag, which one, and what is attached to it. */

import { type Options, type Spelled, spelled } from './spelling.ts';

export type Head = {
  /** The flag's letters as typed, without `=value`; with the dotted key. */
  readonly typed: string;
  readonly spelled: Spelled;
  /** What stands behind the first dot of `--flag.key`, or null. */
  readonly key: string | null;
  /** The value attached by `=`, or straight to a short option; null when it is to follow. */
  readonly value: string | null;
  /** The token cannot be taken apart: `-O3`, `-qawq`. */
  readonly glued: boolean;
};

const negativeNumber = /^-\d+$|^-\d*\.\d+$/;
const flagWithValue = /^--?[A-Za-z][\w.+-]*=/;

/** A token beginning with `-` that is a number or holds a blank is a value, unless the blank is in what follows `--flag=`. */
export const isFlag = (token: string): boolean =>
  token.startsWith('-') &&
  token.length > 1 &&
  token !== '--' &&
  !negativeNumber.test(token) &&
  (!/\s/.test(token) || flagWithValue.test(token));

/** vLLM rewrites `-O3` to `--optimization-level 3`, and `-O.key` to a key of the compilation config. */
const optimization = '--optimization-level';

const levelHead = (token: string, options: Options): Head => {
  const glued = /^-O[^=]/.test(token);
  const value = token.length > 2 ? token.replace(/^-O=?/, '') : null;
  return {
    typed: glued ? token : '-O',
    spelled: spelled(optimization, options),
    key: null,
    value,
    glued,
  };
};

/** `-q`, `-n` and `-r`, the options of one letter, may have their value attached; `-tp2` may not. */
const shortHead = (token: string, options: Options): Head | undefined => {
  const option = options.bySpelling.get(token.slice(0, 2));
  if (option !== undefined) {
    return {
      typed: token,
      spelled: { kind: 'known', option },
      key: null,
      value: token.slice(2),
      glued: true,
    };
  }
  const name = [2, 3].map(n => token.slice(0, 1 + n)).findLast(start => options.bySpelling.has(start));
  const longer = name === undefined ? undefined : options.bySpelling.get(name);
  if (name === undefined || longer === undefined || /^[A-Za-z-]/.test(token.slice(name.length)))
    return undefined;
  const value = token.slice(name.length);
  const why = 'a short option of several letters is parted from its value';
  return {
    typed: token,
    spelled: { kind: 'misspelt', option: longer, right: name, why },
    key: null,
    value,
    glued: true,
  };
};

/** `-tensor-parallel-size` is no group of short options but a long one that lacks a dash. */
const named = (base: string, options: Options): Spelled => {
  const right = `-${base.replaceAll('_', '-')}`;
  const option = base.length > 3 && !base.startsWith('--') ? options.bySpelling.get(right) : undefined;
  if (option === undefined) return spelled(base === '-O' ? '--compilation-config' : base, options);
  return {
    kind: 'misspelt',
    option,
    right,
    why: 'a long option begins with two dashes',
  };
};

/** Takes `--flag.key=value` apart and finds the flag. */
const longHead = (token: string, options: Options): Head => {
  const [typed = token, ...rest] = token.split('=');
  const dot = typed.indexOf('.');
  const base = dot < 0 ? typed : typed.slice(0, dot);
  return {
    typed,
    spelled: named(base, options),
    key: dot < 0 ? null : typed.slice(dot + 1),
    value: token.includes('=') ? rest.join('=') : null,
    glued: false,
  };
};

/** The token has to be a flag (`isFlag`). */
export const readHead = (token: string, options: Options): Head => {
  if (/^-O(?!\.)/.test(token)) return levelHead(token, options);
  const head = longHead(token, options);
  if (head.spelled.kind !== 'unknown' || token.startsWith('--')) return head;
  return shortHead(token, options) ?? head;
};
