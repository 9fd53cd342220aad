/** The arguments that each Dynamo release's vLLM worker takes, read from the lists in engine.flags.json. */

import { lineOf, parseRelease } from '../../../../core/release.ts';
import data from './engine.flags.json' with { type: 'json' };

export type EngineFlag = {
  /** `flag` and `boolean-optional` take no value; the second also has a `--no-` form. */
  readonly kind: 'flag' | 'boolean-optional' | 'value' | 'list' | 'json';
  readonly aliases?: readonly string[];
  /** `int-suffix` is `32k` or `32K`; `int-suffix-or-auto` also takes `auto` and `-1`. */
  readonly type?:
    | 'int'
    | 'float'
    | 'str'
    | 'path'
    | 'json'
    | 'json-or-str'
    | 'json-or-bool'
    | 'int-suffix'
    | 'int-suffix-or-auto';
  readonly choices?: readonly (string | number)[];
  /** Absent: none, or computed by the engine. */
  readonly default?: unknown;
  /** `None` and an empty text are accepted. */
  readonly nullable?: boolean;
  /** How many values; absent is exactly one for `value`, `list` and `json`. */
  readonly nargs?: '?' | '*' | '+' | 'repeat';
  /** Variable, or variables, read as the default. */
  readonly env?: string | readonly string[];
  /** Which parser knows it: Dynamo's own, vLLM's, or the routing that a worker advertises. Absent for `--help` and `--version`. */
  readonly from?: 'dynamo' | 'vllm' | 'router';
  /** Deprecation and other remarks of the parsers, parted by `; `. */
  readonly note?: string;
};

/** Which flags are also accepted with underscores or abbreviated: all, or only those of vLLM. */
type Parsing = {
  readonly underscoreForms: 'all' | 'vllm';
  readonly abbreviations: 'all' | 'vllm';
  readonly dottedJson: boolean;
  readonly positionalModel: boolean;
};

type ListName = keyof typeof data.lists;

type Lists = Record<ListName, readonly string[]>;

export type EngineTable = Lists & {
  /** The release the list was read from; it serves its whole line X.Y. */
  readonly release: string;
  readonly vllm: string;
  readonly parsing: Parsing;
  /** Canonical dashed names. */
  readonly worker: Readonly<Record<string, EngineFlag>>;
  /** KV block sizes as each attention backend writes them. */
  readonly attentionBlockSizes: Readonly<Record<string, string>>;
  /** Architecture → the last vLLM version with it, or what replaced it. */
  readonly removedArchitectures: Readonly<Record<string, string>>;
};

/** A span of release lines, `0.8..1.3` or `1.0`, → what holds all through it. */
type Spans<T> = Readonly<Record<string, T>>;

const releases = data.releases as readonly {
  release: string;
  vllm: string;
  parsing: Parsing;
}[];

const lineNames = releases.map(({ release }) => release.split('.').slice(0, 2).join('.'));

/** First and last index into `releases`. */
const boundsOf = (span: string): readonly [number, number] => {
  const [first = '', last = first] = span.split('..');
  return [lineNames.indexOf(first), lineNames.indexOf(last)];
};

const holding = <T>(spans: Spans<T>, at: number): T[] =>
  Object.entries(spans).flatMap(([span, value]) => {
    const [first, last] = boundsOf(span);
    return first <= at && at <= last ? [value] : [];
  });

const entriesAt = <T>(spans: Spans<Readonly<Record<string, T>>>, at: number): Record<string, T> =>
  Object.assign({}, ...holding(spans, at));

const listsAt = (at: number): Lists => {
  const lists = {} as Lists;
  for (const name of Object.keys(data.lists) as ListName[]) {
    lists[name] = holding(data.lists[name] as Spans<readonly string[]>, at)
      .flat()
      .sort();
  }
  return lists;
};

const tableAt = (at: number): EngineTable | null => {
  const head = releases[at];
  if (head === undefined) return null;
  return {
    ...listsAt(at),
    ...head,
    worker: entriesAt(data.worker as Spans<Readonly<Record<string, EngineFlag>>>, at),
    attentionBlockSizes: entriesAt(data.attentionBlockSizes as Spans<Readonly<Record<string, string>>>, at),
    removedArchitectures: entriesAt(data.removedArchitectures as Spans<Readonly<Record<string, string>>>, at),
  };
};

/** The list for a release `X.Y.Z…`, found by its line X.Y; null when there is none for that line. */
export const engineTable = (release: string): EngineTable | null => {
  const parsed = parseRelease(release);
  return parsed === undefined ? null : tableAt(lineNames.indexOf(lineOf(parsed)));
};

/** The newest list, for reading the arguments of a release that has none. */
export const newestTable = (): EngineTable => tableAt(releases.length - 1) as EngineTable;

/** The releases that have lists, oldest first. */
export const listedReleases = (): readonly string[] => releases.map(({ release }) => release);

const answersTo = (name: string, flag: EngineFlag, wanted: string): boolean =>
  name === wanted ||
  (flag.aliases ?? []).includes(wanted) ||
  (flag.kind === 'boolean-optional' && wanted === name.replace(/^--/, '--no-'));

export type Holder = {
  readonly release: string;
  readonly name: string;
  readonly flag: EngineFlag;
};

/** The releases with a flag of that name or alias, oldest first. */
export const holdersOf = (wanted: string): Holder[] => {
  const found = Object.entries(data.worker as Spans<Readonly<Record<string, EngineFlag>>>).flatMap(
    ([span, flags]) => {
      const hit = Object.entries(flags).find(([name, flag]) => answersTo(name, flag, wanted));
      const [first, last] = boundsOf(span);
      return hit === undefined
        ? []
        : releases.slice(first, last + 1).map(({ release }) => ({ release, name: hit[0], flag: hit[1] }));
    },
  );
  const order = listedReleases();
  return found.sort((a, b) => order.indexOf(a.release) - order.indexOf(b.release));
};
