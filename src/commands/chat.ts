/** `chat [NAME]`: talks to a deployment, at a terminal or once with -p. */

import { CliError, exitCodes } from '../errors.ts';
import { openLine } from './chat/line.ts';
import { chatOnce, questionOf } from './chat/once.ts';
import { chatOn } from './chat/talk.ts';
import type { Command, Context } from './context.ts';
import type { RunOptions } from './flags.ts';
import { withDeployment } from './reach.ts';

const maxTokensOf = ({ maxTokens }: RunOptions): number | null => {
  if (maxTokens === undefined) return null;
  if (/^[1-9]\d{0,6}$/.test(maxTokens)) return Number(maxTokens);
  throw new CliError('usage', `--max-tokens ${maxTokens} is no number of tokens.`, {
    hint: 'Give a whole number, such as --max-tokens 512.',
  });
};

const nothingAsked = (): CliError =>
  new CliError('usage', 'There is no terminal to talk at and no question.', {
    hint: 'Give the question with -p "…", or pipe it in.',
  });

/** Null when somebody is there to talk. Errors: `usage`. */
const askedOnce = async (context: Context): Promise<string | null> => {
  const { io, options } = context;
  if (options.prompt === undefined && io.canPrompt && options.output !== 'json') return null;
  const question = await questionOf(context);
  if (question === '') throw nothingAsked();
  return question;
};

export const command: Command = async context => {
  const maxTokens = maxTokensOf(context.options);
  const question = await askedOnce(context);
  return withDeployment(context, async reached => {
    const line = await openLine(context, reached);
    try {
      if (question !== null) await chatOnce(context, reached, line, question, maxTokens);
      else if (await chatOn(context, reached, line, maxTokens)) return exitCodes.interrupted;
      return 0;
    } finally {
      await line.close();
    }
  });
};
