/** config.json and config.local.json from disk, with the line of every path for findings. */

import { basename } from 'node:path';
import { findNodeAtLocation, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Locate } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import { readText } from './read.ts';

export type ConfigFile = {
  /** Undefined when the file does not exist or cannot be parsed. */
  readonly data: unknown;
  readonly locate: Locate;
  readonly findings: readonly Finding[];
};

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

const syntax = (path: string, text: string): Finding[] => {
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

const locateIn = (path: string, text: string): Locate => {
  // Only a file with something to complain about is parsed a second time.
  let root: ReturnType<typeof parseTree>;
  return at => {
    root ??= parseTree(text);
    const node = root === undefined ? undefined : findNodeAtLocation(root, [...at]);
    return node === undefined
      ? basename(path)
      : `${basename(path)}:${placeIn(text, node.parent?.offset ?? node.offset).line}`;
  };
};

/** A file that is missing is an empty config unless somebody named it. */
export const readConfig = (path: string, named: boolean): ConfigFile => {
  const locate: Locate = () => basename(path);
  const file = readText(path);
  if ('missing' in file && !named) return { data: undefined, locate, findings: [] };
  if (!('text' in file)) {
    const message = 'missing' in file ? `${path} does not exist.` : file.problem;
    return {
      data: undefined,
      locate,
      findings: [
        {
          rule: 'config-unreadable',
          level: 'error',
          path,
          message,
          hint: 'Name a file that can be read: --config FILE',
        },
      ],
    };
  }
  try {
    return { data: JSON.parse(file.text), locate: locateIn(path, file.text), findings: [] };
  } catch {
    return { data: undefined, locate, findings: syntax(path, file.text) };
  }
};
