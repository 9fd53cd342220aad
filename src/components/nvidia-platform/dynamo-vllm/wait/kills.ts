/** Containers that were ended from outside: by the kernel for their memory, by the kubelet for a probe. */

import { again, type Subject } from './cause.ts';
import { after, type Diagnosis, ofDeployment } from './diagnosis.ts';
import { engineStage } from './engine-stages.ts';
import { linesOf } from './lines.ts';
import { count, record, text } from './members.ts';
import { specOf } from './pods.ts';

const killedCode = 137;
/** The log of a run that has just ended is read a moment later, and comes line by line. */
const logTakesMs = { begun: 2_000, missing: 6_000 } as const;

/** From when on the last words of a run count as complete. */
export const whenRead = ({ scene, ended, read }: Subject): number =>
  after(scene, ended?.finishedAt ?? null, read ? logTakesMs.begun : logTakesMs.missing);

const limitOf = ({ pod, container }: Subject): string =>
  text(record(record(specOf(pod, container.name).resources).limits).memory);

const outOfMemory = (subject: Subject): Diagnosis => {
  const limit = limitOf(subject);
  const which = limit === '' ? 'the memory of its node' : `its memory limit of ${limit}`;
  const download = subject.role.kind === 'download';
  return {
    rule: 'start-host-memory',
    level: 'error',
    role: subject.role,
    message: who =>
      `${who}${ofDeployment(subject.scene)} was killed by the kernel because it used up ${which} (OOMKilled).`,
    hint: download
      ? 'Let it use less: --download-env HF_XET_HIGH_PERFORMANCE=0, or raise the limit of the Job.'
      : 'Raise the memory request and limit of the worker, or make --kvbm-cpu-gb smaller; /dev/shm counts too.',
    evidence: [],
    from: 0,
  };
};

const probeKill = /failed (liveness|startup) probe/;

/** What the run that was killed was doing last. */
const wasDoing = (subject: Subject): string => {
  const { scene, pod, container } = subject;
  const runs = [true, false].map(previous => linesOf(scene.sight, pod, container.name, previous) ?? []);
  const told = runs.map(lines => engineStage(lines, scene.sight.now)).find(one => one !== null);
  return told?.stage ?? 'starting';
};

const probeOf = (subject: Subject, kind: string): { threshold: number; period: number } => {
  const probe = record(specOf(subject.pod, subject.container.name)[`${kind}Probe`]);
  return { threshold: count(probe.failureThreshold) || 3, period: count(probe.periodSeconds) || 10 };
};

const probeHint = (subject: Subject, kind: string): string => {
  const { threshold, period } = probeOf(subject, kind);
  if (kind === 'startup')
    return `It had ${Math.round((threshold * period) / 60)} minutes: raise the failureThreshold of its startupProbe, or read the log for what takes so long.`;
  const advice =
    threshold < 3
      ? 'Give a complete livenessProbe with failureThreshold 3 or more, as this program writes it'
      : `Raise the failureThreshold of the livenessProbe (now ${threshold}, every ${period} s)`;
  return `${advice}, or compile fewer kernels at the start and ${again('--env VLLM_DEEP_GEMM_WARMUP=skip')}`;
};

const restarts = (times: number): string => `${times} restart${times === 1 ? '' : 's'} so far`;

const killedByProbe = (subject: Subject, kind: string, line: string): Diagnosis => {
  const { restarts: times } = subject.container;
  const hopeless = times >= 2 || kind === 'startup';
  return {
    rule: 'start-probe-kill',
    level: hopeless ? 'error' : 'warning',
    role: subject.role,
    message: who =>
      `${who}${ofDeployment(subject.scene)} is killed by the kubelet because its ${kind} probe fails while it is busy (${wasDoing(subject)}); ${restarts(times)}.`,
    hint: probeHint(subject, kind),
    evidence: [line],
    // A warning is said once, so it waits for the log that tells what the worker was doing.
    from: hopeless ? 0 : whenRead(subject),
  };
};

/** Null when it ended by itself. */
export const inspectKill = (subject: Subject, starts: number): Diagnosis | null => {
  const { ended, pod } = subject;
  if (ended === null || starts === 0) return null;
  if (ended.reason === 'OOMKilled') return outOfMemory(subject);
  const killing = pod.events.findLast(event => event.reason === 'Killing' && probeKill.test(event.message));
  if (killing === undefined || (ended.exitCode !== killedCode && ended.exitCode !== 143)) return null;
  const kind = probeKill.exec(killing.message)?.[1] ?? 'liveness';
  const unhealthy = pod.events.findLast(
    event => event.reason === 'Unhealthy' && event.message.toLowerCase().includes(kind),
  );
  return killedByProbe(subject, kind, unhealthy?.message ?? killing.message);
};
