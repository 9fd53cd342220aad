/** First stage: the frontend answers, and workers are registered at it. */

import { frontendGuarded, frontendUnreachable } from './findings.ts';
import { begin, failed, type Run, type Stage, stretch, untilSaid } from './journal.ts';
import { get, isGuarded, type Reply, summaryOf } from './reply.ts';
import { absentRoles, type Instance, instancesIn, sorted, tallyOf } from './workers.ts';

const passed: Stage = { kind: 'passed' };

/** One such answer may come from a pod that is just starting. */
const guardedAfterMs = 2000;

const isAlive = (reply: Reply): boolean =>
  reply.kind === 'answer' && (reply.status === 200 || reply.status === 404);

/** /live. */
export const live = async (run: Run): Promise<Stage> => {
  const { deployed, tools } = run;
  const step = begin(run, 'live', 'the frontend is alive');
  const guarded = stretch(run);
  let last = '';
  const said = await untilSaid(run, async (): Promise<Stage | null> => {
    const reply = await get(tools.send, '/live');
    if (isAlive(reply)) {
      step.end('pass', reply.kind === 'answer' ? `in ${Math.round(reply.answer.ms)} ms` : '');
      return passed;
    }
    last = summaryOf(reply);
    step.note(reply.kind === 'broken' ? reply.why : `it answers ${reply.status} while it starts`);
    if (guarded(isGuarded(reply)) < guardedAfterMs || reply.kind === 'broken') return null;
    step.end('fail', last);
    return failed('not-serving', frontendGuarded(deployed, '/live', reply.status));
  });
  if (said !== null) return said;
  step.end('fail', last);
  return failed('not-ready', frontendUnreachable(deployed, last));
};

/** Workers register within a second of being ready; what is missing later is named with the model. */
const registrationMs = 10_000;

/** Instances of this deployment: without ours, those that there are, for a namespace that we read wrongly is told later. */
const shownOf = (instances: readonly Instance[], run: Run): readonly Instance[] =>
  sorted(instances, run.deployed).own;

/** /health: never ends the verification, since releases up to 1.2 call themselves healthy in any case. */
export const health = async (run: Run): Promise<void> => {
  const { deployed, tools } = run;
  const step = begin(run, 'health', 'workers are registered');
  const since = tools.now();
  await untilSaid(run, async () => {
    const reply = await get(tools.send, '/health');
    const instances = instancesIn(reply);
    const tally = instances === null ? summaryOf(reply) : tallyOf(shownOf(instances, run), deployed);
    if (instances !== null && absentRoles(shownOf(instances, run), deployed).length === 0) {
      step.end('pass', tally);
      return true;
    }
    step.note(tally);
    if (tools.now() - since < registrationMs) return null;
    step.end('unknown', tally);
    return true;
  });
};
