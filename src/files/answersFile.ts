/** Reads answers files, YAML or JSON, with the line of every key for findings. */

import { LineCounter, parseDocument } from 'yaml';
import { type Answers, readAnswers } from '../core/answers.ts';
import type { Locate } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import type { SettingTable } from '../core/schema.ts';
import { readText } from './read.ts';

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
