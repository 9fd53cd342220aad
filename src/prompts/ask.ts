/** Questions at a terminal: the only importer of Inquirer. */

import { confirm, input, password, Separator, search, select } from '@inquirer/prompts';
import type { Offer, OfferedChoice } from '../core/component.ts';
import { readText } from '../core/parse.ts';
import type { Spec, Value } from '../core/schema.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

/** One sentence against a value, or undefined. */
export type Objection = (value: Value) => string | undefined;

const contextOf = (io: Io) => ({ input: io.stdin, output: io.stderr, signal: io.signal });

/** Ctrl-C and a closed terminal end a prompt the same way. */
const interruptions = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'];

const asked = async <T>(prompt: Promise<T>): Promise<T> => {
  try {
    return await prompt;
  } catch (error) {
    if (error instanceof Error && interruptions.includes(error.name))
      throw new CliError('interrupted', 'Interrupted; nothing was changed.');
    throw error;
  }
};

const shownDefault = (spec: Spec, value: Value): string => {
  if (value === null) return '';
  if (spec.kind === 'list') return '';
  return String(value);
};

const judge =
  (spec: Spec, object: Objection) =>
  (text: string): true | string => {
    const read = readText(spec, text);
    if ('problem' in read) return read.problem;
    return object(read.value) ?? true;
  };

const askText = async (
  message: string,
  spec: Spec,
  current: Value,
  object: Objection,
  io: Io,
): Promise<Value> => {
  const text = await asked(
    input({ message, default: shownDefault(spec, current), validate: judge(spec, object) }, contextOf(io)),
  );
  const read = readText(spec, text);
  if ('problem' in read) throw new CliError('bug', `A prompt let "${text}" pass.`);
  return read.value;
};

const askSwitch = async (message: string, current: boolean, object: Objection, io: Io): Promise<Value> => {
  for (;;) {
    const value = await asked(confirm({ message, default: current }, contextOf(io)));
    const against = object(value);
    if (against === undefined) return value;
    io.stderr.write(`> ${against}\n`);
  }
};

const askChoice = async (
  message: string,
  spec: Extract<Spec, { kind: 'choice' }>,
  current: Value,
  io: Io,
): Promise<Value> => {
  const choices = spec.choices.map(choice => ({
    value: choice.value,
    name: choice.label,
    ...(choice.description === undefined ? {} : { description: choice.description }),
  }));
  return asked(
    select({ message, choices, ...(typeof current === 'string' ? { default: current } : {}) }, contextOf(io)),
  );
};

const askList = async (message: string, spec: Spec, current: readonly string[], io: Io): Promise<Value> => {
  const validate = (text: string): true | string => {
    for (const item of items(text)) {
      const read = readText(spec, item);
      if ('problem' in read) return read.problem;
    }
    return true;
  };
  return items(
    await asked(
      input(
        { message: `${message} (separated by blanks)`, default: current.join(' '), validate },
        contextOf(io),
      ),
    ),
  );
};

const items = (text: string): string[] => text.split(/\s+/).filter(item => item !== '');

/** Asks one setting; returns its value, checked. Errors: `interrupted`. */
export const askSetting = async (
  message: string,
  spec: Spec,
  current: Value,
  object: Objection,
  io: Io,
): Promise<Value> => {
  if (spec.kind === 'switch') return askSwitch(message, current === true, object, io);
  if (spec.kind === 'choice') return askChoice(message, spec, current, io);
  if (spec.kind === 'list') return askList(message, spec, Array.isArray(current) ? current : [], io);
  return askText(message, spec, current, object, io);
};

/** One of the choices that are offered for a setting. Errors: `interrupted`. */
export const askOffer = async (
  message: string,
  { choices, usual }: Offer,
  object: (choice: OfferedChoice) => string | undefined,
  io: Io,
): Promise<OfferedChoice> => {
  const options = choices.map((choice, value) => ({
    value,
    name: choice.name,
    short: choice.short,
    ...(choice.description === '' ? {} : { description: choice.description }),
  }));
  for (;;) {
    const at = await asked(
      select({ message, choices: options, default: usual, pageSize: 12 }, contextOf(io)),
    );
    const choice = choices[at];
    if (choice === undefined) throw new CliError('bug', `A prompt gave choice ${at}.`);
    const against = object(choice);
    if (against === undefined) return choice;
    io.stderr.write(`> ${against}\n`);
  }
};

export type Option = {
  readonly value: string;
  readonly name: string;
  /** What stands behind the question once it is taken; the name when absent. */
  readonly short?: string;
  readonly description?: string;
};

/** One of a few. */
export const askOption = async (message: string, options: readonly Option[], io: Io): Promise<string> =>
  asked(select({ message, choices: [...options], pageSize: 12 }, contextOf(io)));

type Around = ReturnType<typeof contextOf> & { readonly clearPromptOnDone: boolean };

/** Runs a prompt that Esc ends too, and leaves nothing of it on the screen; null stands for Esc. Readline tells of keys as soon as a prompt is drawn. */
const orBack = async <T>(io: Io, prompt: (around: Around) => Promise<T>): Promise<T | null> => {
  const back = new AbortController();
  const heard = (_text: string, key: { readonly name?: string } | undefined): void => {
    if (key?.name === 'escape') back.abort();
  };
  io.stdin.on('keypress', heard);
  try {
    const signal = AbortSignal.any([io.signal, back.signal]);
    return await asked(prompt({ ...contextOf(io), signal, clearPromptOnDone: true }));
  } catch (error) {
    if (back.signal.aborted && !io.signal.aborted) return null;
    throw error;
  } finally {
    io.stdin.off('keypress', heard);
  }
};

/** As {@link askOption}; null after Esc. */
export const askOptionOrBack = (
  message: string,
  options: readonly Option[],
  io: Io,
): Promise<string | null> =>
  orBack(io, around => select({ message, choices: [...options], pageSize: 12 }, around));

export type Group = { readonly title: string; readonly options: readonly Option[] };

/** One of several, under titles; null after Esc. */
export const askGroupedOrBack = (
  message: string,
  groups: readonly Group[],
  io: Io,
): Promise<string | null> => {
  const choices = groups.flatMap(({ title, options }) => [new Separator(title), ...options]);
  return orBack(io, around => select({ message, choices, pageSize: 30, loop: false }, around));
};

/** One of many, found by typing a part of it. */
export const askSearch = async (message: string, options: readonly Option[], io: Io): Promise<string> =>
  asked(
    search(
      {
        message,
        pageSize: 12,
        source: term =>
          options.filter(option => option.name.toLowerCase().includes((term ?? '').toLowerCase())),
      },
      contextOf(io),
    ),
  );

export const askYes = async (message: string, current: boolean, io: Io): Promise<boolean> =>
  asked(confirm({ message, default: current }, contextOf(io)));

/** A name that has to be typed in full, so that nothing is confirmed by habit. Errors: `interrupted`. */
export const askName = async (message: string, name: string, io: Io): Promise<void> => {
  const validate = (text: string): true | string =>
    text.trim() === name || `That is not ${name}; Ctrl-C leaves everything as it is.`;
  await asked(input({ message, validate }, contextOf(io)));
};

/** Text that is shown as stars. */
export const askSecret = async (message: string, io: Io): Promise<string> =>
  asked(password({ message, mask: true }, contextOf(io)));
