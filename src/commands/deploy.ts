/** Deploy now. */

import { CliError, exitCodes } from '../errors.ts';
import type { Context } from './context.ts';
import { saveSubject, saySaved } from './save.ts';
import type { Subject } from './subject.ts';
import { say } from './talk.ts';

const sentence = 'This version cannot deploy yet; it writes the manifests, and kubectl applies them.';

/** Says that it cannot, and offers to save. The exit code tells scripts that nothing was deployed. */
export const deploy = async (context: Context, subject: Subject): Promise<number> => {
  const { io, options } = context;
  if (!io.canPrompt || options.yes === true)
    throw new CliError('unavailable', sentence, { hint: 'Save them instead: --action save' });
  say(io, sentence);
  const { askYes } = await import('../prompts/ask.ts');
  if (await askYes('Save the manifests instead?', true, io))
    saySaved(context, subject, saveSubject(context, subject, false));
  return exitCodes.unavailable;
};
