/** Breaks sentences at blanks so that they fit a terminal. A word that is too long, such as a command, is never broken. */

const widest = 100;

export const wrap = (text: string, columns: number, indent = ''): string[] => {
  const room = Math.max(20, Math.min(columns, widest) - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map(part => `${indent}${part}`);
};

/** A command at the end of a hint, which must stay in one line to be copied. */
const command = /^(.*?[:]) (\.\/cli .+|kubectl .+|git .+|export .+|--[a-z].*)$/s;

const oneHint = (hint: string, columns: number): string[] => {
  const match = command.exec(hint);
  if (match === null) return wrap(hint, columns, '  ');
  const [, sentence = '', line = ''] = match;
  return [...wrap(sentence, columns, '  '), `    ${line}`];
};

/** A hint for the eye: wrapped, and a command that ends it, or a line of it, in a line of its own. */
export const hintLines = (hint: string, columns: number): string[] =>
  hint.split('\n').flatMap(line => oneHint(line, columns));
