/** Answers files on disk: YAML or JSON in, YAML out. */

import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LineCounter, parseDocument, stringify } from 'yaml';
import { type Answers, readAnswers } from '../core/answers.ts';
import type { Locate } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import type { SettingTable } from '../core/schema.ts';
import type { Values } from '../core/settings.ts';
import { CliError } from '../errors.ts';
import { makeFolders } from './folders.ts';
import { causeOf, readText } from './read.ts';

const unreadable = (path: string, message: string): Answers => {
  const finding: Finding = {
    rule: 'answers-unreadable',
    level: 'error',
    path,
    message,
    hint: 'Write one with: ./cli nvidia-platform dynamo-vllm install --save-answers FILE',
  };
  return { values: {}, findings: [finding] };
};

/** Reads the text of an answers file; JSON is YAML too. */
export const parseAnswers = (table: SettingTable, path: string, text: string): Answers => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return unreadable(
      `${path}:${line}`,
      `${path} is neither YAML nor JSON: ${error.message} (line ${line}, column ${col}).`,
    );
  }
  const locate: Locate = at => {
    const range =
      at.length === 0
        ? undefined
        : (document.getIn(at, true) as { range?: readonly number[] } | undefined)?.range;
    return range?.[0] === undefined ? path : `${path}:${lines.linePos(range[0]).line}`;
  };
  try {
    return readAnswers(table, document.toJS({ maxAliasCount: 0 }), locate);
  } catch (problem) {
    return unreadable(
      path,
      `${path} uses anchors and aliases, which an answers file may not: ${problem instanceof Error ? problem.message : String(problem)}.`,
    );
  }
};

export const readAnswersFile = (table: SettingTable, path: string): Answers => {
  const file = readText(path);
  if ('missing' in file) return unreadable(path, `The answers file ${path} does not exist.`);
  return 'problem' in file ? unreadable(path, file.problem) : parseAnswers(table, path, file.text);
};

/** Quotes where YAML 1.1 readers might take a text for something else. */
export const answersText = (values: Values): string => stringify(values, { version: '1.1', lineWidth: 0 });

/** Writes beside and renames, so that there is never half a file. */
export const writeAnswersFile = (path: string, values: Values): void => {
  const beside = `${path}.tmp`;
  try {
    makeFolders(dirname(path));
    writeFileSync(beside, answersText(values));
    renameSync(beside, path);
  } catch (error) {
    throw new CliError('refused', `The answers cannot be written: ${path} ${causeOf(error)}.`, {
      hint: 'Choose another place: --save-answers FILE',
    });
  }
};
