/** Prints lines of logs: marked with role and pod for people, one object a line for programs; without secrets either way. */

import { once } from 'node:events';
import type { KubernetesObject } from '../../core/manifest.ts';
import { plainLine } from '../../core/plain.ts';
import { redact } from '../../core/redact.ts';
import { secretsIn } from '../../core/scrub.ts';
import { type Paint, paintFor } from '../../output/paint.ts';
import type { Context } from '../context.ts';
import { ownSecrets } from '../own-secrets.ts';
import type { LogsAsk } from './ask.ts';
import type { Marked } from './read.ts';
import type { Target } from './targets.ts';

export type Printer = {
  /** Its variables may hold secrets, which are hidden from now on. */
  readonly know: (pod: KubernetesObject) => void;
  /** Waits for a reader that is slower. */
  readonly print: (lines: readonly Marked[]) => Promise<void>;
};

const colors = (paint: Paint): readonly ((text: string) => string)[] => [
  paint.cyan,
  paint.green,
  paint.yellow,
  text => paint.bold(paint.cyan(text)),
  text => paint.bold(paint.green(text)),
  text => paint.bold(paint.yellow(text)),
];

const eventOf = ({ at, target, text }: Marked, known: readonly string[]): string =>
  JSON.stringify({
    at,
    kind: 'log',
    role: target.role,
    pod: target.pod,
    container: target.container,
    previous: target.previous,
    line: redact(text, known),
  });

/** Marks get a colour each, in the order in which they come, and the width of the widest so far. */
const markers = (paint: Paint): ((target: Target) => string) => {
  const known = new Map<string, (text: string) => string>();
  const palette = colors(paint);
  let width = 0;
  return ({ mark }) => {
    const color = known.get(mark) ?? palette[known.size % palette.length] ?? paint.dim;
    known.set(mark, color);
    width = Math.max(width, mark.length);
    return color(mark.padEnd(width));
  };
};

export const printerFor = ({ io, options }: Context, { timestamps }: LogsAsk): Printer => {
  const paint = paintFor(io.color.stdout);
  const marked = markers(paint);
  const known = new Set(ownSecrets(io));
  const lineOf =
    options.output === 'json'
      ? eventOf
      : ({ at, target, text }: Marked, secrets: readonly string[]): string => {
          const time = timestamps && at !== null ? `${paint.dim(at)} ` : '';
          return `${marked(target)} ${time}${redact(plainLine(text), secrets)}`;
        };
  return {
    know: pod => {
      for (const secret of secretsIn(pod)) known.add(secret);
    },
    print: async lines => {
      if (lines.length === 0) return;
      const secrets = [...known];
      const text = lines.map(line => lineOf(line, secrets)).join('\n');
      const taken = io.stdout.write(`${text}\n`);
      // An interrupt ends the wait for a reader that has gone to sleep.
      if (!taken) await once(io.stdout, 'drain', { signal: io.signal }).catch(() => {});
    },
  };
};
