/** `scale NAME`: more or fewer pods of a role; everything else stays as it is, and no pod is restarted. */

import { joinWords } from '../core/words.ts';
import { CliError } from '../errors.ts';
import { type Command, type Context, commandLine } from './context.ts';
import { change } from './edit/change.ts';
import type { Kind } from './edit/work.ts';
import type { Outcome } from './events.ts';
import { withResult } from './events.ts';
import { reachWords } from './kubectl.ts';

const kind: Kind = {
  verb: 'scale',
  asks: (key, { counts }) => counts.includes(key),
  asksHub: false,
  example: '--replicas 2',
};

/** A deployment without workers answers nobody, so that nothing could be verified. Errors: `usage`. */
const refuseNone = async (context: Context): Promise<void> => {
  const { entry, typed, words } = context;
  const { counts } = await entry.changes();
  if (!counts.some(key => Number(typed[key]) === 0)) return;
  throw new CliError('usage', 'A deployment cannot be scaled to 0: it would answer nobody.', {
    hint: `To free its GPUs, remove it and keep the model cache: ${commandLine(entry, 'uninstall')} ${joinWords([words[0] ?? 'NAME', ...reachWords(context)])}`,
  });
};

const scale = async (context: Context): Promise<Outcome> => {
  await refuseNone(context);
  return change(context, kind);
};

export const command: Command = async context =>
  context.options.output === 'json'
    ? withResult(context.io, () => scale(context))
    : (await scale(context)).code;
