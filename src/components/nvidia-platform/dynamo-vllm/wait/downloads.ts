/** Downloads that failed: by the events and exit codes of this program's own script, by the texts of other downloaders, by their Job's end. */

import type { Subject } from './cause.ts';
import { verdictOn } from './causes.ts';
import { exitClasses, type FetchClass, fetchRules, sayFetch } from './causes-fetch.ts';
import { subjectOf } from './crashes.ts';
import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import { isFinished, jobEvents } from './download.ts';
import { inspectKill } from './kills.ts';
import { linesOf } from './lines.ts';
import { number, text } from './members.ts';
import { type Container, mainContainers, type Pod } from './pods.ts';
import { type JobState, jobOfRole, type Role, type Scene } from './scene.ts';

type Failure = {
  readonly rule: string;
  readonly why: string;
  readonly hint: string;
  readonly evidence: readonly string[];
};

const isFetchClass = (kind: string): kind is FetchClass => Object.hasOwn(fetchRules, kind);

/** The script's last word names the class; without it the exit code does. */
const ownFailure = (subject: Subject): Failure | null => {
  const event = jobEvents(subject.lines).findLast(one => one.event === 'error');
  const exit = exitClasses[subject.ended?.exitCode ?? 0] ?? '';
  const kind = text(event?.class) || exit;
  if (kind === '') return null;
  const evidence = event === undefined ? [] : [text(event.message)];
  if (isFetchClass(kind)) {
    const said = sayFetch(kind, subject);
    const because = event === undefined ? '' : ` (${text(event.message).replace(/\.$/, '')})`;
    return { rule: fetchRules[kind], why: `${said.why}${because}`, hint: said.hint, evidence };
  }
  return null;
};

const otherFailure = (subject: Subject): Failure | null => {
  const verdict = verdictOn(subject);
  return verdict === null ? null : verdict;
};

const failedContainer = (pod: Pod): Container | undefined =>
  mainContainers(pod).find(one => (one.ended ?? one.endedBefore)?.exitCode);

const decisive = (scene: Scene, role: Role, pod: Pod): Diagnosis | null => {
  const container = failedContainer(pod);
  if (container === undefined) return null;
  const subject = subjectOf(scene, role, pod, container);
  const killed = inspectKill(subject, 1);
  if (killed !== null) return { ...killed, rule: 'download-killed' };
  const failure = ownFailure(subject) ?? otherFailure(subject);
  if (failure === null) return null;
  return {
    rule: failure.rule,
    level: 'error',
    role,
    message: who => `${who}${ofDeployment(scene)} failed: ${failure.why}.`,
    hint: failure.hint,
    evidence: failure.evidence,
    from: 0,
  };
};

const jobReasons: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: 'it failed as often as its Job allows',
  DeadlineExceeded: 'its Job ran out of time',
  PodFailurePolicy: 'its exit code means that another try is useless',
};

const lastLines = (scene: Scene, pod: Pod | undefined): readonly string[] => {
  const container = pod === undefined ? undefined : mainContainers(pod)[0];
  if (pod === undefined || container === undefined) return [];
  return (linesOf(scene.sight, pod, container.name, false) ?? []).slice(-3);
};

const exitOf = (pod: Pod | undefined): number | null => {
  const container = pod === undefined ? undefined : failedContainer(pod);
  return (container?.ended ?? container?.endedBefore)?.exitCode ?? null;
};

/** The log of a try that has just ended is read a moment later. */
const logTakesMs = 3_000;

const endedAt = (scene: Scene, pod: Pod | undefined): number => {
  const container = pod === undefined ? undefined : failedContainer(pod);
  return after(scene, container?.ended?.finishedAt ?? null, logTakesMs);
};

const withoutCause = (scene: Scene, role: Role, job: JobState): Diagnosis[] => {
  if (job.failed === null) return [];
  const pod = role.pods.at(-1);
  const lines = lastLines(scene, pod);
  const exit = exitOf(pod);
  const why = jobReasons[job.failed.reason] ?? (job.failed.message || 'its Job failed');
  return [
    {
      rule: 'download-failed',
      level: 'error',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} failed: ${why}${exit === null ? '' : ` (exit code ${exit})`}.`,
      hint: `Run again, what is on the claim is not fetched twice; its log tells more: kubectl -n ${scene.awaited.namespace} logs job/${job.name}`,
      evidence: lines.length > 0 ? lines : [job.failed.message],
      from: endedAt(scene, pod),
    },
  ];
};

/** One failed try without a known cause: the Job makes another. */
const passing = (scene: Scene, role: Role): Diagnosis[] =>
  role.pods
    .filter(pod => pod.phase === 'Failed')
    .slice(0, 1)
    .map(pod => ({
      rule: 'download-failed',
      level: 'warning',
      role,
      message: who =>
        `${who}${ofDeployment(scene)} broke off (exit code ${exitOf(pod) ?? 'unknown'}), and its Job tries again.`,
      hint: '',
      evidence: [],
      from: endedAt(scene, pod),
    }));

/** The script tries again by itself; what keeps it from the Hub is worth saying before it gives up. */
const retrying = (scene: Scene, role: Role): Diagnosis[] =>
  role.pods
    .filter(pod => mainContainers(pod).some(one => one.running))
    .flatMap(pod =>
      jobEvents(linesOf(scene.sight, pod, mainContainers(pod)[0]?.name ?? '', false) ?? []).slice(-1),
    )
    .filter(event => event.event === 'retry' && (number(event.attempt) ?? 0) >= 2)
    .map(event => ({
      rule: 'download-retrying',
      level: 'warning',
      role,
      message: () =>
        `The Hub does not hand out the model at once (${text(event.reason)}); the download tries again.`,
      hint: text(event.message).slice(0, 200),
      evidence: [],
      from: 0,
    }));

/** Between the clocks of the cluster and of this machine. */
const slackMs = 5_000;

/** A try that ended before the wait says nothing once there is a newer one. */
const triesOf = (scene: Scene, role: Role): readonly Pod[] =>
  role.pods.filter((pod, at) => {
    const ended = failedContainer(pod)?.ended?.finishedAt ?? scene.sight.since;
    return at === role.pods.length - 1 || ended >= scene.sight.since - slackMs;
  });

const inspectOne = (scene: Scene, role: Role): readonly Diagnosis[] => {
  if (isFinished(scene, role)) return [];
  const found = triesOf(scene, role)
    .map(pod => decisive(scene, role, pod))
    .filter(one => one !== null);
  if (found.length > 0) return found.slice(-1);
  const job = jobOfRole(scene, role);
  const failed = job === undefined ? [] : withoutCause(scene, role, job);
  return failed.length > 0 ? failed : [...passing(scene, role), ...retrying(scene, role)];
};

export const inspectDownloads: Inspector = scene =>
  scene.roles.filter(role => role.kind === 'download').flatMap(role => inspectOne(scene, role));
