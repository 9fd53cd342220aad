/** What exists by now, told as it happens and summed up when applying ends early. */

import type { Change } from '../../cluster/apply.ts';
import { type Ref, refText } from '../../core/kinds.ts';
import { listed } from '../../core/text.ts';
import type { ApplyEvent, ApplyOutcome } from './args.ts';

export type Progress = {
  readonly applied: (ref: Ref, change: Change) => void;
  readonly left: (ref: Ref, why: string) => void;
  readonly tell: (event: ApplyEvent) => void;
  /** Whether anything in the cluster is different from before. */
  readonly changed: () => boolean;
  /** One sentence. */
  readonly sentence: () => string;
  readonly changes: () => ApplyOutcome['changes'];
};

export const startProgress = (tell: (event: ApplyEvent) => void): Progress => {
  const changes: { ref: Ref; change: Change }[] = [];
  const removed: Ref[] = [];
  const written = (): Ref[] => changes.filter(({ change }) => change !== 'unchanged').map(({ ref }) => ref);
  return {
    applied: (ref, change) => {
      changes.push({ ref, change });
      tell({ kind: 'applied', ref, change });
    },
    left: (ref, why) => {
      changes.push({ ref, change: 'unchanged' });
      tell({ kind: 'left', ref, why });
    },
    tell: event => {
      if (event.kind === 'removed') removed.push(event.ref);
      tell(event);
    },
    changed: () => written().length + removed.length > 0,
    sentence: () => {
      const done = written();
      const gone = removed.length === 0 ? '' : ` Removed: ${listed(removed.map(refText))}.`;
      if (done.length === 0) return `Nothing was applied.${gone}`;
      return `Applied so far: ${listed(done.map(refText))}.${gone}`;
    },
    changes: () => changes,
  };
};
