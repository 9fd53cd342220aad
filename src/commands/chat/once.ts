/** One question and its answer, for scripts and pipes. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../../core/chat.ts';
import { CliError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { paintFor } from '../../output/paint.ts';
import type { Context } from '../context.ts';
import type { Reached } from '../reach.ts';
import { printJson, say, schemaVersion } from '../talk.ts';
import { type Answered, answer } from './answer.ts';
import { type ChatLine, failureOf } from './line.ts';
import { figuresOf, showAnswer } from './show.ts';

/** A pipe that says nothing for so long is none that was meant, when a question was typed too. Milliseconds. */
const patienceMs = 300;

const isTerminal = ({ stdin }: Io): boolean => 'isTTY' in stdin && stdin.isTTY === true;

/** Errors: `interrupted`, for a pipe may never end. */
const readAll = async ({ stdin, signal }: Io): Promise<string> => {
  const chunks: Buffer[] = [];
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw new CliError('interrupted', 'Interrupted; nothing was asked.');
  return Buffer.concat(chunks).toString('utf8').trim();
};

/** Whether something comes, or the end. */
const speaks = async ({ stdin }: Io): Promise<boolean> => {
  const end = new AbortController();
  const heard = new Promise<true>(resolve => {
    stdin.once('readable', () => resolve(true));
    stdin.once('end', () => resolve(true));
  });
  const said = await Promise.race([heard, wait(patienceMs, false, { signal: end.signal })]);
  end.abort();
  return said;
};

/** What was typed behind -p, and what is piped in, which follows it. Empty when there is neither. */
export const questionOf = async ({ io, options }: Pick<Context, 'io' | 'options'>): Promise<string> => {
  const given = options.prompt !== undefined && options.prompt !== '-';
  const typed = given ? (options.prompt ?? '') : '';
  if (isTerminal(io)) return typed;
  if (given && !(await speaks(io))) {
    // Nothing is read any more, so that the run can end.
    io.stdin.destroy();
    return typed;
  }
  return [typed, await readAll(io)].filter(part => part !== '').join('\n\n');
};

export const messagesFor = (system: string | undefined, question: string): Message[] => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  { role: 'user', content: question },
];

const tell = ({ io, options }: Context, answered: Answered, model: string): void => {
  if (options.output === 'json') {
    const { text, kind: _, ...rest } = answered;
    printJson(io, { schemaVersion, model, answer: text, ...rest });
    return;
  }
  if (answered.text === '' && answered.reasoning !== '')
    say(
      io,
      'It thought and did not come to an answer; --verbose shows the thoughts, --max-tokens N gives more room.',
    );
  if (options.verbose === true) say(io, paintFor(io.color.stderr).dim(figuresOf(answered, false)));
};

/** The answer alone goes to stdout. Errors: `failed` when none came, `interrupted`; ClusterError. */
export const chatOnce = async (
  context: Context,
  reached: Reached,
  line: ChatLine,
  question: string,
  maxTokens: number | null,
): Promise<void> => {
  const { io, options } = context;
  const json = options.output === 'json';
  const thoughts = showAnswer(io.stderr, paintFor(io.color.stderr), io.color.stderr);
  const shown = showAnswer(io.stdout, paintFor(false), true);
  const answered = await answer({
    tunnel: line.tunnel,
    model: line.model,
    messages: messagesFor(options.system, question),
    maxTokens,
    until: io.signal,
    show: ({ content, reasoning }) => {
      if (json) return;
      if (options.verbose === true) thoughts.piece({ content: '', reasoning });
      shown.piece({ content, reasoning: '' });
    },
    now: () => performance.now(),
  });
  thoughts.end();
  shown.end();
  if (io.signal.aborted) throw new CliError('interrupted', 'Interrupted.');
  if (answered.kind === 'failed') throw await failureOf(context, reached, line.model, answered);
  tell(context, answered, line.model);
};
