/** The menu of `./cli` with no words: category, component, verb, and what the verb is about where it does not ask for that itself. */

import { relative } from 'node:path';
import { componentIndex } from '../components/load.ts';
import { joinWords } from '../core/words.ts';
import { savedEntries } from '../files/library.ts';
import type { Io } from '../io.ts';
import { askGrouped, askOption, askSearch, type Group, type Option } from '../prompts/ask.ts';
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

const top = async (io: Io): Promise<string[]> => {
  const verb = await askOption('What?', optionsFor(topVerbs, io.columns), io);
  if (verb !== 'completion') return [verb];
  const options = shells.map(value => ({ value, name: value }));
  return [verb, await askOption('Which shell?', options, io)];
};

const chooseComponent = async (category: string, io: Io): Promise<string> =>
  askOption(
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

const chooseCategory = async (io: Io): Promise<string> => {
  const categories = [...new Set(componentIndex.map(entry => entry.category))];
  const lines = categories.map(name => ({
    name,
    summary: componentIndex
      .filter(entry => entry.category === name)
      .map(entry => entry.name)
      .join(', '),
  }));
  const rest = { name: other, summary: topVerbs.map(({ name }) => name).join(', ') };
  return askOption('Which category?', optionsFor([...lines, rest], io.columns), io);
};

/** The words that a person would have typed. Errors: `interrupted`. */
export const chooseVerb = async (io: Io): Promise<string[]> => {
  const category = await chooseCategory(io);
  if (category === other) return top(io);
  const name = await chooseComponent(category, io);
  const verb = await askGrouped('What would you like to do?', verbGroups(verbs, io.columns), io);
  const words = [category, name, verb, ...(await argumentsFor(verb, io))];
  say(io, joinWords(['./cli', ...words]), '');
  return words;
};
