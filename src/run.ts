/** run(argv, io): words and flags → command and component; the one catch that prints; returns an exit code. */

import type { Command, Context } from './commands/context.ts';
import { reachWords } from './commands/kubectl.ts';
import { listText } from './commands/list.ts';
import { topShape, topVerbs, type Verb, verbs } from './commands/verbs.ts';
import type { ComponentEntry } from './components/load.ts';
import { componentIndex } from './components/load.ts';
import { hintTo, sentTo } from './core/reach.ts';
import type { SettingTable } from './core/schema.ts';
import { nearest } from './core/suggest.ts';
import { CliError, exitCodes, isCliError } from './errors.ts';
import type { Io } from './io.ts';
import type { Shape } from './program.ts';

/** Each verb's code is loaded when it is run. */
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  install: () => import('./commands/install.ts'),
  render: () => import('./commands/render.ts'),
  check: () => import('./commands/check.ts'),
  apply: () => import('./commands/apply.ts'),
  diff: () => import('./commands/diff.ts'),
  verify: () => import('./commands/verify.ts'),
  review: () => import('./commands/review.ts'),
  list: () => import('./commands/deployments/list.ts'),
  status: () => import('./commands/status.ts'),
  scale: () => import('./commands/scale.ts'),
  edit: () => import('./commands/edit.ts'),
  uninstall: () => import('./commands/uninstall.ts'),
  config: () => import('./commands/config.ts'),
  explain: () => import('./commands/explain.ts'),
  completion: () => import('./commands/completion.ts'),
  fit: () => import('./commands/fit.ts'),
  logs: () => import('./commands/logs.ts'),
  endpoint: () => import('./commands/endpoint.ts'),
  chat: () => import('./commands/chat.ts'),
  diagnose: () => import('./commands/diagnose.ts'),
};

const [only] = componentIndex;

const unknownWord = (word: string, known: readonly string[], line: string): CliError => {
  const guess = nearest(word, known);
  const message = word.startsWith('-')
    ? `There is no flag ${word} here.`
    : `There is no "${word}" here; known: ${known.join(', ')}.`;
  return new CliError('usage', message, {
    hint: guess === undefined ? 'Everything there is: ./cli list' : `Did you mean ${line} ${guess}?`,
  });
};

/** The settings that are flags of a verb. */
const flagsOf = (verb: Verb, table: SettingTable): SettingTable => {
  const { settings, without = [] } = verb;
  if (settings === false) return {};
  const named = (key: string): boolean => settings === true || settings.includes(key);
  return Object.fromEntries(Object.entries(table).filter(([key]) => named(key) && !without.includes(key)));
};

/** What it says to copy goes to the cluster of the run. */
const errorTo = (error: unknown, reach: readonly string[]): unknown => {
  if (!isCliError(error) || reach.length === 0) return error;
  const { kind, message, hint, findings } = error;
  return new CliError(kind, message, { hint: hintTo(hint, reach), findings: sentTo(findings, reach) });
};

/** Runs a verb: its parser, then its code. */
const runVerb = async (
  entry: ComponentEntry,
  verb: Verb,
  line: string,
  argv: readonly string[],
  io: Io,
): Promise<number> => {
  // Help of a verb without settings does without them.
  const flags = verb.settings === false ? {} : flagsOf(verb, await entry.table());
  const { parseWords } = await import('./program.ts');
  const examples = verb.examples.map(example => `${line.slice(0, line.length - verb.name.length)}${example}`);
  const shape: Shape = { ...verb, name: line, table: flags, examples };
  const typed = parseWords(shape, argv, io);
  if (typed === null) return 0;
  const load = commands[verb.name];
  if (load === undefined) throw new CliError('bug', `The verb "${verb.name}" has no code.`);
  const reach = reachWords(typed);
  // Members of a process are opened by asking for them, so that they are not copied.
  const sent: Io = reach.length === 0 ? io : Object.create(io, { reach: { value: reach } });
  const context: Context = { io: sent, entry, verb: verb.name, table: await entry.table(), ...typed };
  try {
    return await (await load()).command(context);
  } catch (error) {
    throw errorTo(error, reach);
  }
};

const isHelp = (word: string | undefined): boolean =>
  word === undefined || word === 'help' || word === '--help' || word === '-h';

const printList = (io: Io, code: number): number => {
  io.stdout.write(listText());
  return code;
};

const runComponent = async (category: string, argv: readonly string[], io: Io): Promise<number> => {
  const entries = componentIndex.filter(entry => entry.category === category);
  const [name, word, ...rest] = argv;
  if (isHelp(name)) return printList(io, name === undefined ? exitCodes.usage : 0);
  const entry = entries.find(one => one.name === name);
  if (entry === undefined)
    throw unknownWord(
      name ?? '',
      entries.map(one => one.name),
      `./cli ${category}`,
    );
  if (isHelp(word)) return printList(io, word === undefined ? exitCodes.usage : 0);
  const verb = verbs.find(one => one.name === word);
  const line = `./cli ${category} ${entry.name}`;
  if (verb === undefined)
    throw unknownWord(
      word ?? '',
      verbs.map(one => one.name),
      line,
    );
  return runVerb(entry, verb, `${line} ${verb.name}`, rest, io);
};

/** No words: a menu where somebody can choose, else the list and exit 64. */
const menu = async (io: Io): Promise<number> => {
  if (!io.canPrompt || only === undefined) return printList(io, exitCodes.usage);
  const { chooseVerb } = await import('./commands/menu.ts');
  const words = await chooseVerb(io);
  return dispatch(words, io);
};

const dispatch = async (argv: readonly string[], io: Io): Promise<number> => {
  if (argv[0] === 'complete') {
    const { complete } = await import('./commands/complete.ts');
    return complete(argv.slice(1), io);
  }
  const [first, ...rest] = argv.filter(word => word !== '--no-color');
  if (first === undefined) return menu(io);
  if (first === '--version' || first === '-V') {
    io.stdout.write(`${io.version}\n`);
    return 0;
  }
  if (isHelp(first) || first === 'list') return printList(io, 0);
  const categories = [...new Set(componentIndex.map(entry => entry.category))];
  if (categories.includes(first)) return runComponent(first, rest, io);
  const top = topVerbs.find(verb => verb.name === first);
  if (top === undefined || only === undefined)
    throw unknownWord(first, [...categories, ...topVerbs.map(verb => verb.name)], './cli');
  return runVerb(only, topShape(top.name), `./cli ${top.name}`, rest, io);
};

export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const { sayBug, sayError } = await import('./commands/report.ts');
    if (!isCliError(error) || error.kind === 'bug') {
      sayBug(io, error);
      return exitCodes.bug;
    }
    sayError(io, error);
    return exitCodes[error.kind];
  }
};
