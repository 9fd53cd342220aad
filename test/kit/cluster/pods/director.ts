/** Owns noticing pods that are to be played and letting each live as the given script says. */

import { type Collection, follow } from '../api/follow.ts';
import { beginLife, type PodLife, type Surroundings } from './podLife.ts';
import { roleOf } from './role.ts';

/** What one pod does from the moment it is bound to a node; ends early when the pod is deleted. */
export type Script = (life: PodLife) => Promise<void>;

/** The pods of the cluster, and those that are played. */
export type Director = {
  readonly pods: Collection;
  /** Lives by the pod's uid. */
  readonly lives: ReadonlyMap<string, PodLife>;
};

/** Plays every steered pod until the signal fires; `onProblem` hears of what went wrong in a script. */
export async function startDirector(
  surroundings: Surroundings,
  script: Script,
  signal: AbortSignal,
  onProblem: (problem: unknown) => void,
): Promise<Director> {
  const lives = new Map<string, PodLife>();
  const ends = new Map<string, AbortController>();
  const pods = follow(surroundings.api, '/api/v1/pods', signal, (pod, gone) => {
    const uid = pod.metadata.uid ?? '';
    if (gone || pod.metadata.deletionTimestamp) {
      ends.get(uid)?.abort();
      lives.delete(uid);
      return;
    }
    const role = roleOf(pod);
    if (!role || !pod.spec.nodeName || ends.has(uid)) return;
    const end = new AbortController();
    ends.set(uid, end);
    const play = async () => {
      const life = await beginLife(surroundings, pod, role, AbortSignal.any([signal, end.signal]));
      lives.set(uid, life);
      await script(life);
    };
    play().catch(problem => {
      if (!end.signal.aborted && !signal.aborted) onProblem(problem);
    });
  });
  await pods.ready;
  return { pods, lives };
}
