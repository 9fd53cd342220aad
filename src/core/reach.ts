/** Commands in hints, sent to the cluster that the run was sent to by its flags. */

import { joinWords } from './words.ts';

/** In prose the word alone means the program. */
const kubectl =
  /\bkubectl (?=-|(?:annotate|apply|auth|create|delete|describe|edit|get|label|logs|patch|port-forward)\b)/g;

/** Verbs of this program that talk to a cluster. */
const verb =
  /(\.\/cli [\w-]+ [\w-]+ (?:apply|chat|check|diagnose|diff|edit|endpoint|install|list|logs|review|scale|status|uninstall|verify)\b)(?!-)/g;

/** A line that names its cluster already is left as it is, so that doing it twice does nothing more. */
const lineTo = (line: string, flags: string): string =>
  line.includes(flags) ? line : line.replaceAll(kubectl, `kubectl ${flags} `).replaceAll(verb, `$1 ${flags}`);

/** `flags`: words such as `--context prod`; without any the hint stays. */
export const hintTo = (hint: string, flags: readonly string[]): string =>
  flags.length === 0
    ? hint
    : hint
        .split('\n')
        .map(line => lineTo(line, joinWords(flags)))
        .join('\n');

/** The same for whatever has a hint. */
export const sentTo = <T extends { readonly hint: string }>(
  all: readonly T[],
  flags: readonly string[] = [],
): readonly T[] => (flags.length === 0 ? all : all.map(one => ({ ...one, hint: hintTo(one.hint, flags) })));
