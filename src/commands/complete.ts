/** `complete`, which no list shows: what a shell asks when somebody presses Tab. Answers within a second, and is never loud. */

import { componentIndex } from '../components/load.ts';
import { afterBreak, typedWords } from '../core/typed-words.ts';
import type { Io } from '../io.ts';
import { type Candidate, type Expected, expectedAt, valueBehind } from './complete/grammar.ts';
import type { Context } from './context.ts';
import { pathFrom } from './layers.ts';

/** All looks together, in milliseconds; a program that starts takes its time too. */
const patienceMs = 800;

/** The word that tells a shell to complete paths by itself. */
const filesMark = ':files';

/** What the words say about where to look. */
const contextOf = async (words: readonly string[], io: Io): Promise<Context | null> => {
  const entry = componentIndex.find(({ name }) => name === words[1]) ?? componentIndex[0];
  if (entry === undefined) return null;
  const said = (...names: readonly string[]): string | undefined => valueBehind(words, names);
  const [kubeconfig, context, outputDir] = [said('--kubeconfig'), said('--context'), said('--output-dir')];
  const namespace = said('-n', '--namespace');
  const options = {
    requestTimeout: '1s',
    ...(kubeconfig === undefined ? {} : { kubeconfig: pathFrom(io, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(outputDir === undefined ? {} : { outputDir }),
  };
  return {
    io,
    entry,
    table: await entry.table(),
    options,
    typed: namespace === undefined ? {} : { namespace },
    words: [],
  };
};

const find = async (words: readonly string[], io: Io): Promise<Expected | null> => {
  const context = await contextOf(words, io);
  if (context === null) return null;
  const expected = expectedAt(words, context.table);
  if (expected.live.length === 0) return expected;
  const { lookFor } = await import('./complete/live.ts');
  return { ...expected, words: [...expected.words, ...(await lookFor(expected.live, context))] };
};

/** A flag and its value in one word: the candidates begin with the flag. */
const inWord = (words: readonly Candidate[], current: string): readonly Candidate[] => {
  const at = current.startsWith('-') ? current.indexOf('=') : -1;
  if (at < 0) return words;
  const flag = current.slice(0, at + 1);
  return words.map(([word, meaning]) => [`${flag}${word}`, meaning]);
};

/** `breaks`: those of readline, where it is the one that asks; it shows no meanings. */
const lineOf = ([word, meaning]: Candidate, current: string, breaks: string | null): string => {
  if (breaks !== null) return afterBreak(word, current, breaks);
  return meaning === '' ? word : `${word}\t${meaning.replaceAll(/\s+/g, ' ')}`;
};

const answer = (expected: Expected, current: string, breaks: string | null): string[] => [
  ...inWord(expected.words, current)
    .filter(([word]) => word.startsWith(current) && !/[\s\p{Cc}]/u.test(word))
    .map(candidate => lineOf(candidate, current, breaks)),
  ...(expected.files ? [filesMark] : []),
];

type Asked = { readonly words: readonly string[]; readonly breaks: string | null };

/** `-- WORD…` from shells that have the words; `--line TEXT BREAKS` from readline, which cuts them at its own breaks. */
const askedBy = ([mark, ...rest]: readonly string[]): Asked | null => {
  if (mark === '--') return { words: rest, breaks: null };
  if (mark !== '--line') return null;
  const words = typedWords(rest[0] ?? '');
  return words === null ? null : { words: words.slice(1), breaks: rest[1] ?? '' };
};

/** Always 0: a shell has nobody to tell about trouble. */
export const complete = async (argv: readonly string[], io: Io): Promise<number> => {
  const asked = askedBy(argv);
  if (asked === null || asked.words.length === 0) return 0;
  const { words, breaks } = asked;
  try {
    const signal = AbortSignal.any([io.signal, AbortSignal.timeout(patienceMs)]);
    // Members of a process are opened by asking for them, so that they are not copied.
    const expected = await find(words, Object.create(io, { signal: { value: signal } }));
    if (expected === null) return 0;
    const lines = answer(expected, words.at(-1) ?? '', breaks);
    if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
  } catch {
    // Nothing to offer.
  }
  return 0;
};
