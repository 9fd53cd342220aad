/** Owns noticing that the cluster has not been heard for a while. */

import type { Finding } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import type { Key } from './collections.ts';

/** Milliseconds of trouble before it is worth a line. */
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
  /** What to say at present; null while everything is heard or the trouble is young. */
  readonly finding: () => Finding | null;
  /** When there will be something to say, in milliseconds since 1970; infinite when everything is heard. */
  readonly dueAt: () => number;
};

type Trouble = { readonly since: number; readonly message: string };

export const createSilence = (): Silence => {
  const troubles = new Map<Key, Trouble>();
  const dueAt = (): number => Math.min(...[...troubles.values()].map(({ since }) => since)) + patience;
  return {
    trouble: (key, message) =>
      void troubles.set(key, { since: troubles.get(key)?.since ?? Date.now(), message }),
    heard: key => {
      const long = Date.now() >= dueAt();
      troubles.delete(key);
      return long && troubles.size === 0;
    },
    dueAt,
    finding: () => {
      if (Date.now() < dueAt()) return null;
      const seconds = Math.round((Date.now() - (dueAt() - patience)) / 1000);
      const kinds = listed([...troubles.keys()].map(key => names[key]));
      const message = [...troubles.values()].at(-1)?.message ?? '';
      return {
        rule: 'wait-silent',
        level: 'unknown',
        path: '',
        message: `Nothing has been heard about ${kinds} for ${seconds} s: ${message}`,
        hint: 'The deployment goes on without this program; the wait tries again until its limit. Look whether the API server answers: kubectl get --raw /readyz',
      };
    },
  };
};
