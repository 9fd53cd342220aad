/** The catalogue of causes by role, and the search for the one that a container died of. */

import type { LogCause, Said, Subject } from './cause.ts';
import { argumentCauses, refusedSettings } from './causes-arguments.ts';
import { fetchCauses } from './causes-fetch.ts';
import { memoryCauses } from './causes-memory.ts';
import { isReadLocally, missingModel, modelCauses } from './causes-model.ts';
import { runtimeCauses, vagueRuntimeCauses } from './causes-runtime.ts';
import { shapeCauses } from './causes-shape.ts';

export type Verdict = Said & {
  readonly rule: string;
  /** The line that decided, and what follows it of the same kind. */
  readonly evidence: readonly string[];
  /** Failed starts from which on it is hopeless. */
  readonly starts: number;
};

const fetchRuntime: readonly LogCause[] = runtimeCauses.filter(({ rule }) =>
  ['start-wrong-architecture', 'start-module-missing', 'start-command'].includes(rule),
);

/** A broken file of a model is told as broken JSON first, as an argument would be. */
const engineCauses: readonly LogCause[] = [
  ...modelCauses,
  ...argumentCauses,
  ...shapeCauses,
  ...memoryCauses,
  ...runtimeCauses,
];

/** Words such as "connection refused" mean the Hub only where the Hub is spoken of. */
const speaksOfHub = (lines: readonly string[]): boolean =>
  lines.some(line => /huggingface|hf\.co\b|HF_ENDPOINT|snapshot_download/i.test(line));

const causesFor = ({ role, lines }: Subject): readonly LogCause[] => {
  if (role.kind === 'download') return [...fetchCauses, ...fetchRuntime];
  const fromHub = speaksOfHub(lines) && !isReadLocally(lines);
  return [
    ...engineCauses,
    ...(fromHub ? fetchCauses : []),
    missingModel,
    refusedSettings,
    ...vagueRuntimeCauses,
  ];
};

const lastMatch = (
  lines: readonly string[],
  sign: RegExp,
): { readonly at: number; readonly match: RegExpExecArray } | null => {
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const match = sign.exec(lines[at] ?? '');
    if (match !== null) return { at, match };
  }
  return null;
};

const quotedLines = 3;

/** The last lines that say it, oldest first. */
const evidenceOf = (lines: readonly string[], sign: RegExp): string[] =>
  lines.filter(line => sign.test(line)).slice(-quotedLines);

/** Says that something went wrong, never what: the cause stands above these lines. */
const saysNothing =
  /Engine core initialization failed|Worker failed with error|See root cause above|WorkerProc initialization failed|SystemExit|EngineDeadError|EngineGenerateError|CancelledError|BrokenPipeError/;

const exception =
  /(?:^|[\s\]])((?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Failure)(?:: .+)?)$/;
const panic =
  /(thread '.+' panicked at .+|Fatal Python error: .+|Segmentation fault.*|Illegal instruction.*|terminate called .+|Bus error.*)/;

/** The last exception or fault that a program ended with; null when there is none. */
export const lastException = (lines: readonly string[]): string | null => {
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? '';
    if (saysNothing.test(line)) continue;
    const found = exception.exec(line)?.[1] ?? panic.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return null;
};

/** Faults of a program itself, which nothing around it explains. */
const ofTheProgram = /\b(?:Key|Type|Attribute|Assertion|Index|Name|NotImplemented)Error\b/;

const firstOf = (causes: readonly LogCause[], subject: Subject): Verdict | null => {
  const broke = ofTheProgram.test(lastException(subject.lines) ?? '');
  for (const { rule, sign, say, starts, onlyFollows } of causes) {
    const found = onlyFollows === true && broke ? null : lastMatch(subject.lines, sign);
    if (found === null) continue;
    return {
      ...say(found.match, subject),
      rule,
      evidence: evidenceOf(subject.lines, sign),
      starts: starts ?? 1,
    };
  }
  return null;
};

/** The most exact cause that the last words name; null when none is known. */
export const verdictOn = (subject: Subject): Verdict | null => firstOf(causesFor(subject), subject);

/** What an engine dies of by itself, even where a probe then ended the program around it. */
export const ownDeathOf = (subject: Subject): Verdict | null =>
  firstOf([...modelCauses, ...shapeCauses, ...memoryCauses], subject);
