/** The menu of `./cli` with no words: category, component, verb, and what the verb is about where it does not ask for that itself. */

import { relative } from 'node:path';
import { componentIndex } from '../components/load.ts';
import { joinWords } from '../core/words.ts';
import { CliError } from '../errors.ts';
import { savedEntries } from '../files/library.ts';
import type { Io } from '../io.ts';
import { askGroupedOrBack, askOptionOrBack, askSearch, type Group, type Option } from '../prompts/ask.ts';
import { shells } from './completion/scripts.ts';
import { pathFrom } from './layers.ts';
import { say } from './talk.ts';
import { topVerbs, type Verb, verbs } from './verbs.ts';

const other = 'other';

/** Verbs in the order in which they are needed. One that stands in no group comes last, under the last title. */
const groups: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Deploy', ['install', 'check', 'fit', 'render']],
  ['Look', ['list', 'status', 'logs', 'diagnose', 'verify', 'chat', 'endpoint']],
  ['Saved manifests', ['review', 'diff', 'apply']],
  ['Change', ['scale', 'edit']],
  ['Remove', ['uninstall']],
];

type Line = { readonly name: string; readonly summary: string };

/** The mark of the chosen line, and a blank. */
const lead = 2;

/** A name and its help in one line; help that is cut stands whole below the list. */
const optionsFor = (lines: readonly Line[], columns: number): Option[] => {
  const width = Math.max(0, ...lines.map(({ name }) => name.length)) + 2;
  const room = columns - width - lead - 1;
  return lines.map(({ name, summary }) => ({
    value: name,
    short: name,
    name: `${name.padEnd(width)}${summary.length > room ? `${summary.slice(0, room - 1)}…` : summary}`,
    ...(summary.length > room ? { description: summary } : {}),
  }));
};

/** Every verb once. */
export const verbGroups = (all: readonly Verb[], columns: number): Group[] => {
  const options = optionsFor(all, columns);
  const named = groups.flatMap(([, names]) => names);
  const rest = all.map(({ name }) => name).filter(name => !named.includes(name));
  return groups.map(([title, names], at) => ({
    title: ` ${title}`,
    options: [...names, ...(at === groups.length - 1 ? rest : [])].flatMap(name =>
      options.filter(({ value }) => value === name),
    ),
  }));
};

/** Null after Esc, here and below: the question before is asked again. */
const top = async (io: Io): Promise<string[] | null> => {
  const verb = await askOptionOrBack('What?', optionsFor(topVerbs, io.columns), io);
  if (verb !== 'completion') return verb === null ? null : [verb];
  const shell = await askOptionOrBack(
    'Which shell?',
    shells.map(value => ({ value, name: value })),
    io,
  );
  return shell === null ? top(io) : [verb, shell];
};

const chooseComponent = (category: string, io: Io): Promise<string | null> =>
  askOptionOrBack(
    'Which component?',
    optionsFor(
      componentIndex.filter(entry => entry.category === category),
      io.columns,
    ),
    io,
  );

/** What is saved can be chosen here; verbs about deployments look for those by themselves. */
const argumentsFor = async (verb: string, io: Io): Promise<string[]> => {
  if (verb !== 'apply') return [];
  const saved = savedEntries(pathFrom(io, 'manifests'));
  if (saved.length === 0) return [];
  const options = saved.map(({ path, namespace, name }) => ({ value: path, name: `${namespace}/${name}` }));
  return [relative(io.cwd, await askSearch('Which saved manifests?', options, io))];
};

const chooseCategory = (io: Io): Promise<string | null> => {
  const categories = [...new Set(componentIndex.map(entry => entry.category))];
  const lines = categories.map(name => ({
    name,
    summary: componentIndex
      .filter(entry => entry.category === name)
      .map(entry => entry.name)
      .join(', '),
  }));
  const rest = { name: other, summary: topVerbs.map(({ name }) => name).join(', ') };
  return askOptionOrBack('Which category?', optionsFor([...lines, rest], io.columns), io);
};

const inCategory = async (category: string, io: Io): Promise<string[] | null> => {
  const name = await chooseComponent(category, io);
  if (name === null) return null;
  const verb = await askGroupedOrBack('What would you like to do?', verbGroups(verbs, io.columns), io);
  return verb === null ? inCategory(category, io) : [category, name, verb, ...(await argumentsFor(verb, io))];
};

/** The words that a person would have typed. Errors: `interrupted`, also after Esc at the first question. */
export const chooseVerb = async (io: Io): Promise<string[]> => {
  const category = await chooseCategory(io);
  if (category === null) throw new CliError('interrupted', 'Nothing was chosen.');
  const words = await (category === other ? top(io) : inCategory(category, io));
  if (words === null) return chooseVerb(io);
  say(io, joinWords(['./cli', ...words]), '');
  return words;
};
