/** Init containers that wait for a model nobody brings any more. */

import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import { isFinished, jobEvents } from './download.ts';
import { linesOf } from './lines.ts';
import { text } from './members.ts';
import { moment } from './moment.ts';
import { type Container, claimsOf, mainContainers, type Pod } from './pods.ts';
import { jobOfRole, podsIn, type Role, type Scene } from './scene.ts';
import { waiterName } from './stages.ts';

/** The waiter looks every two seconds; a line that is younger than the download by more was written in vain. */
const lookMs = 5_000;
/** A client of NFS may take a folder for unchanged for a minute (acdirmax, nfs(5)): what it misses may be there. */
const staleMs = 90_000;

const seesLate = (reason: string): number => (/ holds another /.test(reason) ? lookMs : staleMs);

const nobodyMs = 60_000;

export const waitingContainer = (pod: Pod): Container | undefined =>
  pod.containers.find(one => one.init && one.name === waiterName && one.running);

const downloadsOf = (scene: Scene): readonly Role[] => scene.roles.filter(role => role.kind === 'download');

/** Whether something that was applied is still bringing the model. */
export const isComing = (scene: Scene): boolean => downloadsOf(scene).some(role => !isFinished(scene, role));

/** When the last download was complete; null when none was waited for. */
export const completedAt = (scene: Scene): number | null => {
  const times = downloadsOf(scene).flatMap(role => [
    jobOfRole(scene, role)?.completedAt ?? null,
    ...role.pods.map(pod => mainContainers(pod)[0]?.ended?.finishedAt ?? null),
  ]);
  const known = times.filter(time => time !== null);
  return known.length === 0 ? null : Math.max(...known);
};

const waitsInVain = (scene: Scene, role: Role, pod: Pod): Diagnosis[] => {
  const waiter = waitingContainer(pod);
  if (waiter === undefined) return [];
  const said = jobEvents(linesOf(scene.sight, pod, waiterName, false) ?? []).findLast(
    event => event.event === 'waiting',
  );
  const complete = completedAt(scene);
  const told = moment(said?.at) ?? 0;
  const reason = text(said?.reason);
  if (said === undefined || (complete !== null && told < complete + seesLate(reason))) return [];
  const claim = claimsOf(pod)[0] ?? 'the volume';
  return [
    {
      rule: 'model-not-coming',
      // Without a download of our own somebody else may be bringing it.
      level: complete === null ? 'warning' : 'error',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} waits for a model that nothing brings any more to the claim ${claim}: ${reason.replace(/\.$/, '')}.`,
      hint: 'Run again, so that the download is done anew; two deployments with different revisions of one model need claims of their own: --model-cache claim:NAME',
      evidence: [reason],
      from: complete === null ? after(scene, waiter.runningSince, nobodyMs) : 0,
    },
  ];
};

export const inspectWaiters: Inspector = scene =>
  isComing(scene) ? [] : podsIn(scene).flatMap(({ role, pod }) => waitsInVain(scene, role, pod));
