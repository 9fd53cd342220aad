/** Builds the parser of one verb, with the options of that verb only: help of the others costs nothing. */

import { Command, CommanderError, Help, Option } from 'commander';
import { type RunFlagName, type RunOptions, runFlags } from './commands/flags.ts';
import { flagOf, type SettingTable, type Spec } from './core/schema.ts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';

export type Shape = {
  /** As typed, such as `./cli nvidia-platform dynamo-vllm render`. */
  readonly name: string;
  readonly summary: string;
  readonly argument: string;
  readonly flags: readonly RunFlagName[];
  readonly formats: readonly string[];
  readonly table: SettingTable;
  readonly examples: readonly string[];
  /** Exit codes of its own, in words. */
  readonly ends?: string;
};

export type Typed = {
  readonly options: RunOptions;
  readonly typed: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
};

const groups = { asked: 'Answers to the questions:', more: 'More settings:', run: 'This run:' } as const;

const described = (spec: Spec): string => {
  const values = spec.kind === 'choice' ? ` (${spec.choices.map(choice => choice.value).join(', ')})` : '';
  const usual =
    spec.default === null || spec.kind === 'list' || spec.kind === 'switch'
      ? ''
      : ` [${String(spec.default)}]`;
  const repeat = spec.kind === 'list' ? ' (repeatable)' : '';
  return `${spec.summary}${values}${usual}${repeat}`;
};

const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

const settingOptions = (key: string, spec: Spec, forHelp: boolean): Option[] => {
  const group = spec.ask === undefined ? groups.more : groups.asked;
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  if (spec.kind === 'switch') {
    const no = new Option(`--no-${flagOf(key).slice(2)}`).hideHelp();
    const yes = new Option(flagOf(key), described(spec)).helpGroup(group);
    // Help does not show the twins; laying them out all the same would cost memory.
    return forHelp ? [yes] : [yes, no];
  }
  const option = new Option(`${short}${flagOf(key)} <${spec.metavar ?? 'VALUE'}>`, described(spec)).helpGroup(
    group,
  );
  return [spec.kind === 'list' ? option.argParser(collect) : option];
};

/** Those that the verb can end with; all of them are in the README. */
const exitLines = ({ flags, ends }: Shape, columns: number): string => {
  const codes = [
    '0 done',
    ...(ends === undefined ? [] : [ends]),
    '64 usage',
    '65 input refused',
    '69 cluster',
    ...(flags.includes('kubeconfig') ? ['77 not allowed'] : []),
    // Who applies waits for what comes of it.
    ...(flags.includes('takeOver') ? ['124 gave up waiting'] : []),
    '130 interrupted',
  ];
  return new Help().boxWrap(`Exit codes: ${codes.join(', ')}.`, columns);
};

const footer = (shape: Shape, columns: number): string => {
  const examples =
    shape.examples.length === 0 ? '' : `\nExamples:\n${shape.examples.map(line => `  ${line}`).join('\n')}\n`;
  const no = Object.values(shape.table).some(spec => spec.kind === 'switch')
    ? '\nEvery switch has a --no- twin for an explicit no.\n'
    : '';
  return `${no}${examples}\n${exitLines(shape, columns)}`;
};

const build = (shape: Shape, io: Io, forHelp: boolean): Command => {
  const command = new Command(shape.name)
    .description(shape.summary)
    .addHelpOption(new Option('-h, --help', 'this help').helpGroup(groups.run))
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(io.columns, 100),
      getErrHelpWidth: () => Math.min(io.columns, 100),
    })
    .addHelpText('after', footer(shape, io.columns));
  if (shape.argument !== '') command.argument(shape.argument);
  for (const [key, spec] of Object.entries(shape.table))
    for (const option of settingOptions(key, spec, forHelp)) command.addOption(option);
  for (const name of shape.flags) {
    const option = new Option(runFlags[name].flags, runFlags[name].summary).helpGroup(groups.run);
    command.addOption(name === 'output' ? option.choices([...shape.formats]) : option);
  }
  return command;
};

const sentence = (error: CommanderError): string => {
  const [first = ''] = error.message.replace(/^error: /, '').split('\n');
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
};

/** Engine arguments are often typed as if they were options of this program. */
const engineHint = ({ table }: Shape): string => {
  const key = Object.keys(table).find(name => name.endsWith('Args'));
  return key === undefined ? '' : `Arguments of the engine itself go into ${flagOf(key)} "ARGS".\n`;
};

const usage = (shape: Shape, error: CommanderError): CliError => {
  const guess = /\(Did you mean (.+)\?\)/.exec(error.message)?.[1];
  return new CliError('usage', sentence(error), {
    hint: guess === undefined ? `${engineHint(shape)}See ${shape.name} --help` : `Did you mean ${guess}?`,
  });
};

/** Reads the words behind a verb. Null when help was asked for and printed. Errors: `usage`. */
export const parseWords = (shape: Shape, argv: readonly string[], io: Io): Typed | null => {
  const command = build(shape, io, argv.includes('--help') || argv.includes('-h'));
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw usage(shape, error);
  }
  const said: Record<string, unknown> = command.opts();
  const typed = Object.fromEntries(Object.entries(said).filter(([key]) => key in shape.table));
  const options = Object.fromEntries(Object.entries(said).filter(([key]) => !(key in shape.table)));
  return { options, typed, words: command.args };
};
