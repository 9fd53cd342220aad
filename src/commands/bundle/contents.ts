/** The list of contents of a bundle, to read. */

import type { Refused } from './tasks.ts';

type Contents = {
  readonly name: string;
  readonly namespace: string;
  readonly at: string;
  readonly version: string;
  readonly collected: readonly { readonly file: string; readonly what: string; readonly bytes: number }[];
  readonly refused: readonly Refused[];
};

export const contentsText = ({ name, namespace, at, version, collected, refused }: Contents): string =>
  [
    `${name} in namespace ${namespace}, ${at}, collected by dynamo-installer ${version}`,
    '',
    'Collected:',
    ...collected.map(({ file, what }) => `  ${file}  ${what}`),
    '',
    'Not collected:',
    ...refused.map(({ what, why }) => `  ${what}: ${why}`),
    '',
    'Secrets were not read. What looks like a secret was replaced by ***.',
    '',
  ].join('\n');
