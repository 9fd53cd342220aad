/** What can stand at the end of a command line, from the tables of verbs, flags and settings; what only a cluster or a disk knows is named. */

import { componentIndex } from '../../components/load.ts';
import { flagOf, type SettingTable, type Spec } from '../../core/schema.ts';
import { runFlags } from '../flags.ts';
import { topShape, topVerbs, type Verb, verbs } from '../verbs.ts';

/** A word, and what it means. */
export type Candidate = readonly [word: string, meaning: string];

/** Values that are looked for when they are asked for. */
export type Live = 'contexts' | 'namespaces' | 'deployments' | 'manifests' | 'codes';

export type Expected = {
  readonly words: readonly Candidate[];
  readonly live: readonly Live[];
  /** Whether a path may stand there. */
  readonly files: boolean;
};

/** A flag with everything it is called; `value` is null for a switch. */
type Flag = {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly value: Expected | null;
  readonly repeatable: boolean;
};

const nothing: Expected = { words: [], live: [], files: false };
const anyFile: Expected = { ...nothing, files: true };

const plain = (words: readonly string[]): Expected => ({
  ...nothing,
  words: words.map(word => [word, ''] as const),
});

const liveFlags: Readonly<Record<string, Live>> = { context: 'contexts', namespace: 'namespaces' };

/** Those of the manifests that this program renders; asking the cluster for others is not worth the wait. */
const usualRoles = ['frontend', 'worker', 'prefill', 'decode', 'model-download'];

const live = (what: Live): Expected => ({ ...nothing, live: [what] });

const runFlag = (name: keyof typeof runFlags, { formats }: Verb): Flag => {
  const { flags, summary } = runFlags[name];
  const metavar = /<(.+)>/.exec(flags)?.[1];
  const what = liveFlags[name];
  const takes = (): Expected => {
    if (name === 'output') return plain(formats);
    if (name === 'role') return plain(usualRoles);
    if (what !== undefined) return live(what);
    return metavar === 'FILE' || metavar === 'DIR' ? anyFile : nothing;
  };
  return {
    names: flags.replace(/ <.*/, '').split(', '),
    meaning: summary,
    value: metavar === undefined ? null : takes(),
    repeatable: false,
  };
};

const settingValue = (key: string, spec: Spec): Expected | null => {
  if (spec.kind === 'switch') return null;
  const what = liveFlags[key];
  if (what !== undefined) return live(what);
  if (spec.kind !== 'choice') return nothing;
  return {
    ...nothing,
    words: spec.choices.map(choice => [choice.value, choice.description ?? choice.label]),
  };
};

const settingFlags = (key: string, spec: Spec): Flag[] => {
  const name = flagOf(key);
  const common = { meaning: spec.summary, repeatable: spec.kind === 'list', value: settingValue(key, spec) };
  const names = spec.short === undefined ? [name] : [`-${spec.short}`, name];
  const no = { ...common, names: [`--no-${name.slice(2)}`], meaning: `no ${name.slice(2)}` };
  return spec.kind === 'switch' ? [{ ...common, names }, no] : [{ ...common, names }];
};

const takesSetting = ({ settings, without = [] }: Verb, key: string): boolean =>
  (settings === true || (settings !== false && settings.includes(key))) && !without.includes(key);

const help: Flag = { names: ['-h', '--help'], meaning: 'this help', value: null, repeatable: false };

const flagsOf = (verb: Verb, table: SettingTable): Flag[] => [
  ...Object.entries(table)
    .filter(([key]) => takesSetting(verb, key))
    .flatMap(([key, spec]) => settingFlags(key, spec)),
  ...verb.flags.map(name => runFlag(name, verb)),
  help,
];

const argumentKinds: readonly (readonly [RegExp, Expected])[] = [
  [/NAME/, live('deployments')],
  [/DIR|FILE/, { ...nothing, live: ['manifests'], files: true }],
  [/CODE/, live('codes')],
  [/SHELL/, plain(['bash', 'zsh', 'fish'])],
  [/cluster/, plain(['cluster'])],
];

/** `[DIR|FILE|NAME]` is all of them. */
const argumentOf = ({ argument }: Verb): Expected => {
  const kinds = argumentKinds.filter(([pattern]) => pattern.test(argument)).map(([, expected]) => expected);
  return {
    words: kinds.flatMap(({ words }) => words),
    live: kinds.flatMap(one => one.live),
    files: kinds.some(({ files }) => files),
  };
};

const flagNamed = (flags: readonly Flag[], word: string): Flag | undefined =>
  flags.find(({ names }) => names.includes(word));

/** Words that are no flags and no values of flags. */
const positions = (flags: readonly Flag[], before: readonly string[]): string[] =>
  before.filter((word, at) => {
    const previous = flagNamed(flags, before[at - 1] ?? '');
    const isValue = previous !== undefined && previous.value !== null;
    return !word.startsWith('-') && !isValue;
  });

/** A single letter is typed by who knows it; the opposite of a switch comes up when somebody asks for one. */
const flagWords = (flags: readonly Flag[], before: readonly string[], current: string): Candidate[] =>
  flags
    .filter(({ names, repeatable }) => repeatable || !names.some(name => before.includes(name)))
    .map(({ names, meaning }) => [names.at(-1) ?? '', meaning] as const)
    .filter(([name]) => !name.startsWith('--no-') || name === '--no-color' || current.startsWith('--no'));

/** `--flag=value` in one word. */
const joined = (flags: readonly Flag[], current: string): Expected | null => {
  const at = current.indexOf('=');
  const flag = at < 0 ? undefined : flagNamed(flags, current.slice(0, at));
  return flag?.value ?? null;
};

const afterVerb = (verb: Verb, table: SettingTable, words: readonly string[]): Expected => {
  const flags = flagsOf(verb, table);
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const value = flagNamed(flags, before.at(-1) ?? '')?.value;
  if (value !== undefined && value !== null) return value;
  const inWord = joined(flags, current);
  if (inWord !== null) return inWord;
  if (current.startsWith('-')) return { ...nothing, words: flagWords(flags, before, current) };
  const given = positions(flags, before);
  return given.length > 0 ? nothing : argumentOf(verb);
};

type Place =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'verb'; readonly verb: Verb; readonly rest: readonly string[] };

const told = (list: readonly { readonly name: string; readonly summary: string }[]): Place => ({
  kind: 'words',
  words: list.map(({ name, summary }) => [name, summary]),
});

const inComponent = (category: string, [name, word, ...rest]: readonly string[]): Place => {
  const entries = componentIndex.filter(entry => entry.category === category);
  if (word === undefined) return told(entries);
  if (!entries.some(entry => entry.name === name)) return { kind: 'words', words: [] };
  const verb = verbs.find(one => one.name === word);
  if (rest.length === 0) return told(verbs);
  return verb === undefined ? { kind: 'words', words: [] } : { kind: 'verb', verb, rest };
};

const categories = (): { name: string; summary: string }[] =>
  [...new Set(componentIndex.map(({ category }) => category))].map(name => ({
    name,
    summary: componentIndex
      .filter(({ category }) => category === name)
      .map(entry => entry.name)
      .join(', '),
  }));

/** Where the line has got to. The last word is the one being typed. */
const placeOf = ([first = '', ...rest]: readonly string[]): Place => {
  if (rest.length === 0) return told([...categories(), ...topVerbs]);
  const top = topVerbs.find(({ name }) => name === first);
  if (top !== undefined) return { kind: 'verb', verb: topShape(top.name), rest };
  return inComponent(first, rest);
};

/** Words behind `./cli`; the last one is being typed. */
export const expectedAt = (words: readonly string[], table: SettingTable): Expected => {
  const place = placeOf(words);
  return place.kind === 'words'
    ? { ...nothing, words: place.words }
    : afterVerb(place.verb, table, place.rest);
};

/** What was typed behind a flag before the last word; undefined when it was not. */
export const valueBehind = (words: readonly string[], names: readonly string[]): string | undefined => {
  const before = words.slice(0, -1);
  const at = before.findLastIndex(word => names.includes(word));
  if (at >= 0 && at + 1 < before.length) return before[at + 1];
  const one = before.findLast(word => names.some(name => word.startsWith(`${name}=`)));
  return one?.slice(one.indexOf('=') + 1);
};
