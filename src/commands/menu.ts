/** The menu of `./cli` with no words: component, then verb. */

import { componentIndex } from '../components/load.ts';
import type { Io } from '../io.ts';
import { askOption } from '../prompts/ask.ts';
import { topVerbs, verbs } from './verbs.ts';

const other = 'other';

const top = async (io: Io): Promise<string[]> => {
  const options = topVerbs.map(({ name, summary }) => ({
    value: name,
    name: `${name.padEnd(9)} ${summary}`,
  }));
  return [await askOption('What?', options, io)];
};

/** The words that a person would have typed. Errors: `interrupted`. */
export const chooseVerb = async (io: Io): Promise<string[]> => {
  const categories = [...new Set(componentIndex.map(entry => entry.category))];
  const category = await askOption(
    'Which category?',
    [...categories.map(name => ({ value: name, name })), { value: other, name: 'everything else' }],
    io,
  );
  if (category === other) return top(io);
  const components = componentIndex.filter(entry => entry.category === category);
  const name = await askOption(
    'Which component?',
    components.map(entry => ({ value: entry.name, name: `${entry.name}: ${entry.summary}` })),
    io,
  );
  const verb = await askOption(
    'What would you like to do?',
    verbs.map(one => ({ value: one.name, name: `${one.name.padEnd(9)} ${one.summary}` })),
    io,
  );
  return [category, name, verb];
};
