/** Prints to the talk stream: sentences, summaries, findings, manifests. */

import type { SummaryLine } from '../core/component.ts';
import type { Finding } from '../core/finding.ts';
import type { Manifest } from '../core/manifest.ts';
import { sentTo } from '../core/reach.ts';
import type { Settled } from '../core/settings.ts';
import type { Io } from '../io.ts';
import { findingLines } from '../output/findings.ts';
import { paintFor } from '../output/paint.ts';
import { summaryLines, yamlLines } from '../output/tables.ts';
import type { Context } from './context.ts';

export const say = (io: Io, ...lines: readonly string[]): void => {
  for (const line of lines) io.stderr.write(`${line}\n`);
};

export const sayFindings = (io: Io, findings: readonly Finding[]): void => {
  if (findings.length > 0)
    say(io, ...findingLines(sentTo(findings, io.reach), paintFor(io.color.stderr), io.columns));
};

export const saySummary = (io: Io, summary: readonly SummaryLine[]): void => {
  say(io, ...summaryLines(summary, paintFor(io.color.stderr), io.columns));
};

export const sayManifests = (io: Io, manifests: readonly Pick<Manifest, 'file' | 'text'>[]): void => {
  const paint = paintFor(io.color.stderr);
  for (const manifest of manifests)
    say(io, paint.dim(`# ${manifest.file}`), ...yamlLines(manifest.text, paint), '');
};

/** A blank line between two parts of a run, for those who read it as lines. */
export const sayGap = ({ io, options }: Pick<Context, 'io' | 'options'>): void => {
  if (options.output !== 'json' && options.quiet !== true) say(io, '');
};

/** Every setting that somebody said, and where: what `--verbose` adds. */
export const sayLayers = (io: Io, settled: Settled): void => {
  const { dim } = paintFor(io.color.stderr);
  const said = Object.entries(settled.layers).filter(([, layer]) => layer !== 'default');
  say(io, ...said.map(([key, layer]) => dim(`${key}: ${JSON.stringify(settled.values[key])} (${layer})`)));
};

/** Data. */
export const print = (io: Io, text: string): void => {
  io.stdout.write(text);
};

/** One event a line, with its time. */
export const printEvent = (io: Io, kind: string, event: Readonly<Record<string, unknown>>): void =>
  print(io, `${JSON.stringify({ at: new Date().toISOString(), kind, ...event })}\n`);

export const printJson = (io: Io, data: unknown): void => print(io, `${JSON.stringify(data, null, 2)}\n`);

/** The version of every JSON shape this program prints. */
export const schemaVersion = 1;
