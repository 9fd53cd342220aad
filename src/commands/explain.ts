/** `explain`: meaning, cause and remedy of a finding, offline. */

import { coreCatalogue } from '../core/catalogue.ts';
import type { Catalogue } from '../core/finding.ts';
import { nearest } from '../core/suggest.ts';
import { CliError } from '../errors.ts';
import { paintFor } from '../output/paint.ts';
import { wrap } from '../output/wrap.ts';
import type { Command } from './context.ts';
import { print, printJson, schemaVersion } from './talk.ts';

export const command: Command = async ({ io, entry, options, words }) => {
  const catalogue: Catalogue = { ...coreCatalogue, ...(await entry.load()).catalogue };
  const [code] = words;
  const paint = paintFor(io.color.stdout);
  if (code === undefined) {
    if (options.output === 'json') printJson(io, { schemaVersion, codes: catalogue });
    else for (const [name, { title }] of Object.entries(catalogue).sort()) print(io, `${name.padEnd(28)}${title}\n`);
    return 0;
  }
  const found = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (found === undefined) {
    const guess = nearest(code, Object.keys(catalogue));
    throw new CliError('usage', `There is no finding with the code "${code}".`, { hint: guess === undefined ? 'List them all: ./cli explain' : `Did you mean ./cli explain ${guess}` });
  }
  if (options.output === 'json') {
    printJson(io, { schemaVersion, code, ...found });
    return 0;
  }
  print(io, `${paint.bold(found.title)} ${paint.dim(`(${code})`)}\n\n`);
  for (const [label, text] of [['Meaning', found.meaning], ['Cause', found.cause], ['Remedy', found.remedy]] as const) {
    const [first = '', ...more] = wrap(text, io.columns, '         ');
    print(io, [paint.dim(label.padEnd(9)) + first.slice(9), ...more].join('\n').concat('\n'));
  }
  return 0;
};
