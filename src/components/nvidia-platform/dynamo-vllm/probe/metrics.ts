/** Reads metrics in Prometheus' text format, as far as counters, gauges and the sums and counts of histograms go. */

export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, unescaped(value)]));

const words: Readonly<Record<string, number>> = {
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};

/** Samples in their order; lines that are no samples are passed over. Buckets of histograms are left out: nobody reads them here. */
export const parseMetrics = (text: string): Sample[] => {
  const samples: Sample[] = [];
  for (const row of text.split('\n')) {
    const trimmed = row.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, name = '', labels = '', number = ''] = line.exec(trimmed) ?? [];
    if (name === '' || name.endsWith('_bucket')) continue;
    const value = words[number] ?? Number(number);
    samples.push({ name, labels: labelsOf(labels), value });
  }
  return samples;
};

type Wanted = Readonly<Record<string, string>>;

/** Sum over all samples of a name with these labels; null when there is none. */
export const sumOf = (samples: readonly Sample[], name: string, wanted: Wanted = {}): number | null => {
  const found = samples.filter(
    sample =>
      sample.name === name && Object.entries(wanted).every(([key, value]) => sample.labels[key] === value),
  );
  return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
};

/** How much a sum grew between two readings; null when the later one has none. */
export const growthOf = (
  before: readonly Sample[],
  after: readonly Sample[],
  name: string,
  wanted: Wanted = {},
): number | null => {
  const now = sumOf(after, name, wanted);
  return now === null ? null : now - (sumOf(before, name, wanted) ?? 0);
};
