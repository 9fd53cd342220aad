/** `explain`: meaning, cause and remedy of a finding, offline. */

import type { Catalogue, CatalogueEntry } from '../core/finding.ts';
import { nearest } from '../core/suggest.ts';
import { CliError } from '../errors.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import type { Command, Context } from './context.ts';
import { print, printJson, schemaVersion } from './talk.ts';

const printAll = ({ io, options }: Context, catalogue: Catalogue): number => {
  if (options.output === 'json') {
    printJson(io, { schemaVersion, codes: catalogue });
    return 0;
  }
  const rows = Object.entries(catalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [code, { title }] of rows) print(io, `${code.padEnd(28)}${title}\n`);
  return 0;
};

const printOne = ({ io, options }: Context, code: string, entry: CatalogueEntry): number => {
  if (options.output === 'json') {
    printJson(io, { schemaVersion, code, ...entry });
    return 0;
  }
  const paint = paintFor(io.color.stdout);
  print(io, `${paint.bold(entry.title)} ${paint.dim(`(${code})`)}\n\n`);
  for (const part of ['meaning', 'cause', 'remedy'] as const) {
    const label = `${part.charAt(0).toUpperCase()}${part.slice(1)}`.padEnd(9);
    const [first = '', ...more] = wrap(entry[part], io.columns, ' '.repeat(9));
    print(io, `${[paint.dim(label) + first.slice(9), ...more].join('\n')}\n`);
  }
  return 0;
};

const unknownCode = (code: string, catalogue: Catalogue): CliError => {
  const guess = nearest(code, Object.keys(catalogue));
  const hint = guess === undefined ? 'List them all: ./cli explain' : `Did you mean ./cli explain ${guess}`;
  return new CliError('usage', `There is no finding with the code "${code}".`, { hint });
};

export const command: Command = async context => {
  const { catalogue } = await context.entry.load();
  const [code] = context.words;
  if (code === undefined) return printAll(context, catalogue);
  const found = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (found === undefined) throw unknownCode(code, catalogue);
  return printOne(context, code, found);
};
