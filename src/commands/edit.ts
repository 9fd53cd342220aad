/** `edit NAME`: changes the settings of a deployment, its release too, and waits until it serves with them. */

import type { Command } from './context.ts';
import { change } from './edit/change.ts';
import type { Kind } from './edit/work.ts';
import { withResult } from './events.ts';

/** The name stays, and what to do with the manifests is no question. */
const unasked = ['name', 'action'];

const kind: Kind = {
  verb: 'edit',
  asks: key => !unasked.includes(key),
  asksHub: true,
  example: '--release 1.6.1',
};

export const command: Command = async context =>
  context.options.output === 'json'
    ? withResult(context.io, () => change(context, kind))
    : (await change(context, kind)).code;
