/** `config`: every effective value and the layer it came from. */

import type { Facts } from '../core/component.ts';
import { noFacts } from '../core/component.ts';
import type { Value } from '../core/schema.ts';
import { settle } from '../core/settings.ts';
import { paintFor } from '../output/paint.ts';
import type { Command } from './context.ts';
import { soundLayers } from './layers.ts';
import { print, printJson, schemaVersion } from './talk.ts';

const shown = (value: Value): string => {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

export const command: Command = async context => {
  const { io, entry, table, options } = context;
  const facts: Facts = noFacts;
  const settled = settle(table, await soundLayers(context, facts));
  const component = await entry.load();
  const effective = component.draft(settled, facts, io.version).settings;
  const rows = Object.keys(table).map(key => {
    const derived = settled.values[key] === null && effective[key] !== undefined;
    return {
      key,
      value: (derived ? effective[key] : settled.values[key]) ?? null,
      layer: derived ? 'derived' : (settled.layers[key] ?? 'default'),
    };
  });
  if (options.output === 'json') {
    printJson(io, {
      schemaVersion,
      settings: Object.fromEntries(rows.map(({ key, value, layer }) => [key, { value, layer }])),
    });
    return 0;
  }
  const paint = paintFor(io.color.stdout);
  const width = Math.max(...rows.map(row => row.key.length)) + 2;
  for (const { key, value, layer } of rows)
    print(io, `${key.padEnd(width)}${shown(value)}  ${paint.dim(`(${layer})`)}\n`);
  return 0;
};
