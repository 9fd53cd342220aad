/** Owns how many pods of each generation of a worker there may be while one takes the place of the other (from 1.0.2 on). */

import type { KubeObject } from '../api/client.ts';
import type { Service } from './graph.ts';

export type Numbers = {
  /** Of the newest generation. */
  readonly fresh: number;
  /** Of each older one, by the name of its Deployment. */
  readonly old: ReadonlyMap<string, number>;
};

const PREFIX = 'nvidia.com/deployment-rolling-update-max-';

function resolve(text: string, desired: number, round: (value: number) => number): number {
  return text.endsWith('%') ? round((Number.parseInt(text, 10) * desired) / 100) : Number(text);
}

/** Extra pods, rounded up, and missing ones, rounded down; one of them is never 0. */
function budget(service: Service, desired: number): { surge: number; unavailable: number } {
  const said = { ...service.annotations, ...service.extraPodMetadata?.annotations };
  const surge = resolve(said[`${PREFIX}surge`] ?? '25%', desired, Math.ceil);
  const unavailable = resolve(said[`${PREFIX}unavailable`] ?? '25%', desired, Math.floor);
  return surge === 0 && unavailable === 0 ? { surge: 1, unavailable } : { surge, unavailable };
}

function wanted({ spec }: KubeObject): number {
  return Number(spec?.replicas ?? 1);
}

/** `fresh` is the Deployment of the newest generation, as far as there is one. */
export function rolloutNumbers(
  service: Service,
  fresh: KubeObject | undefined,
  old: readonly KubeObject[],
): Numbers {
  const desired = service.replicas ?? 1;
  if (old.length === 0) return { fresh: desired, old: new Map() };
  const { surge, unavailable } = budget(service, desired);
  const running = old.reduce((sum, each) => sum + wanted(each), 0);
  const room = Math.min(desired, desired + surge - running);
  const now = fresh === undefined ? 0 : Math.min(desired, wanted(fresh));
  let left = Math.max(0, desired - unavailable - (fresh?.status?.availableReplicas ?? 0));
  const kept = new Map<string, number>();
  for (const each of old) {
    const stays = Math.min(wanted(each), left);
    kept.set(each.metadata.name, stays);
    left -= stays;
  }
  return { fresh: Math.max(0, now, room), old: kept };
}
