/** Owns noticing that the cluster has not been heard for a while. */

import type { Finding } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import type { Key } from './collections.ts';

/**
 * Milliseconds from the first failure to the latest before it is worth a line. Time alone says nothing: a watch that was opened
 * again is silent for as long as nothing changes.
 */
const patience = 60_000;

const names: Readonly<Record<Key, string>> = {
  graph: 'the deployment',
  jobs: 'jobs',
  pods: 'pods',
  events: 'events',
};

export type Silence = {
  readonly trouble: (key: Key, message: string) => void;
  /** Whether that ends a silence that was worth saying. */
  readonly heard: (key: Key) => boolean;
  /** What to say at present; null while everything is heard or the trouble is younger than so many milliseconds. */
  readonly finding: (leastMs?: number) => Finding | null;
  /** The same, once a silence. */
  readonly news: () => Finding | null;
  /** Whether none of these is heard at present. */
  readonly isDeaf: (keys: readonly Key[]) => boolean;
};

type Trouble = { readonly since: number; readonly latest: number; readonly message: string };

const length = ({ since, latest }: Trouble): number => latest - since;

const describe = (troubles: ReadonlyMap<Key, Trouble>, leastMs: number): Finding | null => {
  // The watches fail one after the other; what fails with the longest is named with it.
  const long = [...troubles].filter(([, trouble]) => length(trouble) >= leastMs / 2);
  const [, worst] = long.toSorted(([, a], [, b]) => length(b) - length(a))[0] ?? [];
  if (worst === undefined || length(worst) < leastMs) return null;
  const seconds = Math.round(length(worst) / 1000);
  const kinds = listed(long.map(([key]) => names[key]));
  return {
    rule: 'wait-silent',
    level: 'unknown',
    path: '',
    message: `Nothing has been heard about ${kinds} for ${seconds} s: ${worst.message}`,
    hint: 'The deployment goes on without this program, which tries again. Look whether the API server answers: kubectl get --raw /readyz',
  };
};

/** `patienceMs` is for who watches for other ends than a wait. */
export const createSilence = (patienceMs: number = patience): Silence => {
  const troubles = new Map<Key, Trouble>();
  const finding = (leastMs = patienceMs): Finding | null => describe(troubles, leastMs);
  let said = false;
  return {
    finding,
    news: () => {
      const now = said ? null : finding();
      if (now !== null) said = true;
      return now;
    },
    isDeaf: keys => keys.every(key => troubles.has(key)),
    trouble: (key, message) => {
      const latest = Date.now();
      troubles.set(key, { since: troubles.get(key)?.since ?? latest, latest, message });
    },
    heard: key => {
      const silent = finding() !== null;
      troubles.delete(key);
      const isOver = silent && finding() === null;
      if (isOver) said = false;
      return isOver;
    },
  };
};
