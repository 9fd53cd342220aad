/** Owns saying a finding once, however often it is found. */

import type { Finding } from '../../core/finding.ts';

/** Figures in it, such as how long something takes already, do not make it another finding. */
const identity = ({ rule, path, message }: Finding): string =>
  `${rule}|${path}|${message.replaceAll(/\d+/g, '#')}`;

export const once = (say: (finding: Finding) => void): ((finding: Finding) => void) => {
  const said = new Set<string>();
  return finding => {
    const key = identity(finding);
    if (said.has(key)) return;
    said.add(key);
    say(finding);
  };
};
