/** Containers that ended: what they died of, whether it heals, and what to do. */

import { modelIn, releaseOf, type Subject, tensorOf } from './cause.ts';
import { lastException, ownDeathOf, type Verdict, verdictOn } from './causes.ts';
import { type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import { inspectKill, whenRead } from './kills.ts';
import { lastWords } from './lines.ts';
import type { Container, Ended, Pod } from './pods.ts';
import { podsIn, type Role, type Scene } from './scene.ts';
import { isPullProblem } from './stages.ts';

const howItEnded = (ended: Ended | null): string => {
  if (ended === null) return 'it ended';
  const signal = ended.exitCode > 128 && ended.exitCode < 160 ? `, signal ${ended.exitCode - 128}` : '';
  return `exit code ${ended.exitCode}${signal}`;
};

/** Runs that ended: those before the present one, and the present one when it ended too. */
const failedStarts = ({ restarts, ended, waiting }: Container): number =>
  restarts + (ended !== null || (waiting?.reason === 'CrashLoopBackOff' && restarts === 0) ? 1 : 0);

export const subjectOf = (scene: Scene, role: Role, pod: Pod, container: Container): Subject => {
  const { lines, read } = lastWords(scene.sight, pod, container);
  const image = container.image || role.component?.image || '';
  return {
    scene,
    role,
    pod,
    container,
    ended: container.ended ?? container.endedBefore,
    image,
    release: releaseOf(image),
    model: modelIn(role, pod),
    tensor: tensorOf(role),
    lines,
    read,
  };
};

const known = (subject: Subject, verdict: Verdict, starts: number): Diagnosis => ({
  rule: verdict.rule,
  level: starts >= verdict.starts ? 'error' : 'warning',
  role: subject.role,
  message: who => `${who}${ofDeployment(subject.scene)} cannot start: ${verdict.why}.`,
  hint: verdict.hint,
  evidence: verdict.evidence,
  from: 0,
});

const lastLines = (lines: readonly string[], exception: string | null): string[] => {
  const found = exception === null ? [] : lines.filter(line => line.includes(exception)).slice(-1);
  return [...found, ...lines.slice(-3)];
};

const hopelessStarts = 2;

const unknown = (subject: Subject, starts: number): Diagnosis[] => {
  const { scene, pod, container, ended, lines } = subject;
  const exception = lastException(lines);
  const said = exception === null ? '' : ` with "${exception.slice(0, 160)}"`;
  const name = container.init ? `the init container ${container.name}` : 'it';
  const base = {
    rule: 'start-crash',
    role: subject.role,
    hint: `Read its whole log: kubectl -n ${scene.awaited.namespace} logs ${pod.name} -c ${container.name}${container.restarts > 0 ? ' --previous' : ''}`,
    evidence: lastLines(lines, exception),
    from: whenRead(subject),
  };
  if (starts >= hopelessStarts) {
    const times = starts > hopelessStarts ? 'again and again' : 'twice';
    const message = (who: string) =>
      `${who}${ofDeployment(scene)} does not come up: ${name} ended ${times}${said} (${howItEnded(ended)}), and this program does not know the cause.`;
    return [{ ...base, level: 'error', message }];
  }
  const message = (who: string) =>
    `${who}${ofDeployment(scene)} was started anew after its first run ended${said} (${howItEnded(ended)}).`;
  return [
    {
      ...base,
      rule: 'start-restarted',
      level: 'warning',
      message,
      hint: 'Nothing yet: a second failed start ends the wait.',
    },
  ];
};

/** Whether a container is on its feet again, or has done what it was there for. */
const isWell = (pod: Pod, container: Container): boolean => {
  if (container.ready) return true;
  if (container.init) return container.ended?.exitCode === 0;
  return pod.phase === 'Succeeded';
};

const hasEnded = (container: Container): boolean =>
  container.ended !== null || container.endedBefore !== null || container.restarts > 0;

const diagnose = (scene: Scene, role: Role, pod: Pod, container: Container): readonly Diagnosis[] => {
  const subject = subjectOf(scene, role, pod, container);
  const starts = failedStarts(container);
  const killed = inspectKill(subject, starts);
  const own = killed?.rule === 'start-probe-kill' ? ownDeathOf(subject) : null;
  if (own !== null) return [known(subject, own, starts)];
  if (killed !== null) return [killed];
  const verdict = verdictOn(subject);
  if (verdict !== null) return [known(subject, verdict, starts)];
  return unknown(subject, starts);
};

/** Downloads end by the rules of their Job, and evicted pods by those of the node: they are looked at elsewhere. */
const isElsewhere = (role: Role, pod: Pod): boolean =>
  role.kind === 'download' || pod.reason === 'Evicted' || (pod.phase === 'Failed' && pod.reason !== '');

export const inspectCrashes: Inspector = scene =>
  podsIn(scene)
    .filter(({ role, pod }) => !isElsewhere(role, pod))
    .flatMap(({ role, pod }) => {
      const dead = pod.containers.find(one => hasEnded(one) && !isWell(pod, one) && !isPullProblem(one));
      return dead === undefined ? [] : diagnose(scene, role, pod, dead);
    });
