/** Lines of logs with the time at which they were printed, and several logs merged into one by it. */

export type TimedLine = {
  /** As the kubelet wrote it (RFC 3339 with nanoseconds, of any zone); null when the line has none. */
  readonly at: string | null;
  /** Sorts like the time; empty when there is none. */
  readonly order: string;
  readonly text: string;
};

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)(?: |$)/;

/** Seconds since 1970 and nanoseconds, so that times of several zones and lengths sort as text. */
const orderOf = (second: string, fraction: string, zone: string): string => {
  const seconds = Math.floor(Date.parse(`${second}${zone}`) / 1000);
  return `${String(seconds).padStart(12, '0')}.${fraction.padEnd(9, '0')}`;
};

/** A line of a log that was asked for with `timestamps`. */
export const timedLine = (line: string): TimedLine => {
  const match = stamp.exec(line);
  if (match === null) return { at: null, order: '', text: line };
  const [whole, second = '', fraction = '', zone = ''] = match;
  return {
    at: whole.trimEnd(),
    order: orderOf(second, fraction, zone),
    text: line.slice(whole.length),
  };
};

type Head<T> = { readonly line: T; readonly rest: AsyncIterator<T> };

const headOf = async <T>(rest: AsyncIterator<T>): Promise<Head<T> | null> => {
  const next = await rest.next();
  return next.done === true ? null : { line: next.value, rest };
};

const earliest = <T extends { readonly order: string }>(heads: readonly Head<T>[]): Head<T> | undefined =>
  heads.reduce<Head<T> | undefined>(
    (first, head) => (first === undefined || head.line.order < first.line.order ? head : first),
    undefined,
  );

/** Lines of all sources by their time; each source is in order itself, and a line without a time follows the one before it. */
export async function* mergeLines<T extends { readonly order: string }>(
  sources: readonly AsyncIterable<T>[],
): AsyncGenerator<T> {
  const started = await Promise.all(sources.map(source => headOf(source[Symbol.asyncIterator]())));
  const heads = started.filter(head => head !== null);
  for (let head = earliest(heads); head !== undefined; head = earliest(heads)) {
    yield head.line;
    const next = await headOf(head.rest);
    heads.splice(heads.indexOf(head), 1, ...(next === null ? [] : [next]));
  }
}
