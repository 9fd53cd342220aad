/** Where something stands in config.json. Loaded only when there is something to complain about. */

import { basename } from 'node:path';
import { findNodeAtLocation, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Locate } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';

/** `12:5` of an offset. */
const placeIn = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

const words = (code: number): string =>
  printParseErrorCode(code)
    .replace(/([A-Z])/g, ' $1')
    .trim()
    .toLowerCase();

/** What is wrong with a text that is no JSON, with its line and column. */
export const syntaxFindings = (path: string, text: string): Finding[] => {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const { line, column } = placeIn(text, first?.offset ?? text.length);
  const what = first === undefined ? 'it is not JSON' : words(first.error);
  return [
    {
      rule: 'config-unreadable',
      level: 'error',
      path: `${basename(path)}:${line}`,
      message: `${path} is not JSON: ${what} at line ${line}, column ${column}.`,
      hint: 'Mend that place; JSON knows no comments and no comma after the last member.',
    },
  ];
};

/** Says on which line a path stands. */
export const locateIn = (path: string, text: string): Locate => {
  const root = parseTree(text);
  return at => {
    const node = root === undefined ? undefined : findNodeAtLocation(root, [...at]);
    return node === undefined
      ? basename(path)
      : `${basename(path)}:${placeIn(text, node.parent?.offset ?? node.offset).line}`;
  };
};
