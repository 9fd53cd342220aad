/** A conversation at a terminal, line by line. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../../core/chat.ts';
import { type CliError, isCliError } from '../../errors.ts';
import { writeWhole } from '../../files/write.ts';
import { type Paint, paintFor } from '../../output/paint.ts';
import { wrap } from '../../output/wrap.ts';
import type { Context } from '../context.ts';
import { pathFrom } from '../layers.ts';
import type { Reached } from '../reach.ts';
import { sayError } from '../report.ts';
import { say } from '../talk.ts';
import { answer, type Failed } from './answer.ts';
import { type ChatLine, failureOf } from './line.ts';
import { conversationText } from './save.ts';
import { figuresOf, showAnswer } from './show.ts';
import { type ChatWord, chatHelp, readWord } from './words.ts';

type Talk = {
  readonly context: Context;
  readonly reached: Reached;
  readonly line: ChatLine;
  readonly maxTokens: number | null;
  readonly paint: Paint;
  system: string;
  messages: Message[];
};

const wholeTalk = ({ system, messages }: Talk): Message[] => [
  ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
  ...messages,
];

/** Ctrl-C stops the answer and not the program; the program's own signal stops both. */
const stoppable = async <T>(
  talk: Talk,
  work: (until: AbortSignal) => Promise<T>,
): Promise<{ result: T; stopped: boolean }> => {
  const { io } = talk.context;
  const { onInterruptKey } = await import('../../prompts/line.ts');
  const stop = new AbortController();
  const forget = onInterruptKey(io, () => stop.abort());
  try {
    const result = await work(AbortSignal.any([io.signal, stop.signal]));
    return { result, stopped: stop.signal.aborted };
  } finally {
    forget();
    // Keys that were pressed meanwhile are not part of the next line.
    await wait(0);
  }
};

/** Looks for the cause; null when somebody does not want to wait for it. */
const whyFailed = async (talk: Talk, failed: Failed, until: AbortSignal): Promise<CliError | null> => {
  const { context, reached, line } = talk;
  try {
    return await failureOf(context, reached, line.model, failed, until);
  } catch (error) {
    if (until.aborted) return null;
    throw error;
  }
};

const ask = async (talk: Talk, text: string): Promise<void> => {
  const { context, line, paint, maxTokens } = talk;
  const { io } = context;
  const messages: Message[] = [...wholeTalk(talk), { role: 'user', content: text }];
  const show = showAnswer(io.stdout, paintFor(io.color.stdout), io.color.stdout);
  const { result, stopped } = await stoppable(talk, async until => {
    const answered = await answer({
      tunnel: line.tunnel,
      model: line.model,
      messages,
      maxTokens,
      until,
      show: show.piece,
      now: () => performance.now(),
    });
    show.end();
    return answered.kind === 'failed' ? whyFailed(talk, answered, until) : answered;
  });
  if (io.signal.aborted || result === null) return;
  // What was not answered is not part of the conversation, so that it can be said again.
  if (isCliError(result)) return sayError(io, result);
  say(io, paint.dim(`(${figuresOf(result, stopped)})`));
  talk.messages.push({ role: 'user', content: text }, { role: 'assistant', content: result.text });
};

const save = (talk: Talk, file: string): void => {
  const { io } = talk.context;
  try {
    const path = pathFrom(io, file);
    writeWhole(path, conversationText(file, talk.line.model, wholeTalk(talk)), 'The conversation', '/save');
    say(io, talk.paint.dim(`Saved to ${path}`));
  } catch (error) {
    if (!isCliError(error)) throw error;
    sayError(io, error);
  }
};

/** Whether the talk goes on. */
const obey = async (talk: Talk, word: ChatWord): Promise<boolean> => {
  const { io } = talk.context;
  const remark = (...lines: readonly string[]): void => say(io, ...lines.map(talk.paint.dim));
  if (word.kind === 'exit') return false;
  if (word.kind === 'say') await ask(talk, word.text);
  else if (word.kind === 'save') save(talk, word.file);
  else if (word.kind === 'help') remark(...chatHelp);
  else if (word.kind === 'unknown') remark(word.problem);
  else if (word.kind === 'reset') {
    talk.messages = [];
    remark('The conversation is forgotten.');
  } else if (word.kind === 'system') {
    talk.system = word.text;
    remark(word.text === '' ? 'The instruction is taken back.' : 'The instruction holds from now on.');
  }
  return true;
};

/** Returns when somebody leaves. Whether they left by Ctrl-C. */
export const chatOn = async (
  context: Context,
  reached: Reached,
  line: ChatLine,
  maxTokens: number | null,
): Promise<boolean> => {
  const { io, options } = context;
  const paint = paintFor(io.color.stderr);
  const { name, namespace } = reached.deployment;
  const talk: Talk = {
    context,
    reached,
    line,
    maxTokens,
    paint,
    system: options.system ?? '',
    messages: [],
  };
  const head = `${line.model} (${name} in ${namespace}). /help tells what there is beside talking; /exit leaves.`;
  say(io, ...wrap(head, io.columns).map(paint.dim));
  const { askLine } = await import('../../prompts/line.ts');
  for (;;) {
    const typed = await askLine('>', io);
    if (typed === null) return true;
    if (!(await obey(talk, readWord(typed)))) return false;
    if (io.signal.aborted) return true;
  }
};
