/** Asks what to do about an update that would wait for ever. */

import type { Stuck } from '../../core/changes.ts';
import type { Values } from '../../core/settings.ts';
import { CliError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { wrap } from '../../output/wrap.ts';
import { say } from '../talk.ts';

/** `with`: settings to take too. `skip`: a check to let through. */
export type Chosen = { readonly with: Values } | { readonly skip: string };

export const nothingChanged = (): CliError => new CliError('interrupted', 'Nothing was changed.');

/** Errors: `interrupted` when it is left. */
export const chooseWay = async (io: Io, { code, message, ways }: Stuck): Promise<Chosen> => {
  say(io, ...wrap(message, io.columns));
  const { askOption } = await import('../../prompts/ask.ts');
  const options = [
    ...ways.map(({ name, description }, at) => ({ value: String(at), name, description })),
    {
      value: 'go on',
      name: 'Go on all the same',
      description: 'the new pods stay Pending until GPUs are free; the old ones serve until then',
    },
    { value: 'leave', name: 'Leave', description: 'nothing is changed' },
  ];
  const chosen = await askOption('How should it go on?', options, io);
  if (chosen === 'go on') return { skip: code };
  const way = ways[Number(chosen)];
  if (way === undefined) throw nothingChanged();
  return { with: way.with };
};
