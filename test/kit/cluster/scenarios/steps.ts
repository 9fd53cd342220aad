/** Owns playing a story's steps at their time. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../api/client.ts';
import { recordEvent } from '../api/events.ts';
import type { ScriptedServing } from '../frontend/scriptedServing.ts';
import type { Director } from '../pods/director.ts';
import { mergeStatus } from '../pods/mergeStatus.ts';
import { roleOf } from '../pods/role.ts';
import { substitute } from './expand.ts';
import { nodeStep } from './nodeSteps.ts';
import type { Stage } from './stage.ts';
import type { Answers, Loaded, Step } from './story.ts';
import type { Triggers } from './triggers.ts';

/** What steps act on. */
export type Playing = {
  readonly loaded: Loaded;
  readonly stage: Stage;
  readonly director: Director;
  readonly serving: ScriptedServing;
  readonly triggers: Triggers;
  readonly signal: AbortSignal;
  /** Set by `http` steps: what the frontend answers instead of the happy course. */
  told: Answers;
  /** Milliseconds of the clock when the failure could be seen first. */
  signAt: number | undefined;
  /** What could not be played. */
  readonly problems: string[];
};

/** Starts all steps; each waits for its trigger and its time. */
export function playSteps(playing: Playing): void {
  for (const step of playing.loaded.story.events) {
    playStep(playing, step).catch(error => {
      if (!playing.signal.aborted) playing.problems.push(String(error));
    });
  }
}

async function playStep(playing: Playing, step: Step): Promise<void> {
  const speed = playing.loaded.story.clock?.speed ?? 1;
  const trigger = await playing.triggers.when(step.after ?? 'graph');
  const at = trigger + (step.at * 1000) / speed;
  await sleep(Math.max(0, at - Date.now()), undefined, { signal: playing.signal });
  if (step.await) await awaitEvent(playing, step.await);
  const pods = step.of ? await podsOf(playing, step) : [];
  for (const pod of pods) await actOnPod(playing, step, pod, trigger, speed);
  if (step.node) await nodeStep(playing.stage, playing.loaded, step.node, pods);
  actOnFrontend(playing, step);
  if (step.sign) playing.signAt ??= Date.now();
}

function actOnFrontend(playing: Playing, step: Step): void {
  if (step.http) playing.told = step.http === 'happy' ? {} : { ...playing.told, ...step.http };
  if (step.cut === 'portforward') playing.serving.cut();
}

async function actOnPod(
  playing: Playing,
  step: Step,
  pod: KubeObject,
  trigger: number,
  speed: number,
): Promise<void> {
  const names = podNames(playing);
  const { api } = playing.stage;
  if (step.log) writeLog(playing, step, pod, substitute(step.log, names));
  if (step.status) {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`;
    const now = await api.send('GET', path);
    const status = mergeStatus(now, substitute(step.status, names), trigger, speed);
    await api.send('PUT', path, {
      ...now,
      metadata: { ...now.metadata, resourceVersion: undefined },
      status,
    });
  }
  if (step.event) {
    const { type, reason, message, source = 'kubelet', count = 1 } = substitute(step.event, names);
    await recordEvent(api, { about: pod, type, reason, message, source, count, host: pod.spec.nodeName });
  }
}

function writeLog(playing: Playing, step: Step, pod: KubeObject, lines: readonly string[]): void {
  const life = playing.director.lives.get(pod.metadata.uid ?? '');
  const container = String(pod.spec.containers[0].name);
  const statuses = (step.status?.containerStatuses ?? []) as { lastState?: unknown }[];
  // With a last state in the same step the container has been started anew: its lines are the previous log.
  if (statuses.some(each => each.lastState)) life?.logs.rotate(container, lines);
  else life?.logs.add(container, lines);
}

/** Pods of the step's role, oldest first; waits for the first of them. */
async function podsOf(playing: Playing, step: Step): Promise<KubeObject[]> {
  // What a container says or does needs a node under it: a pod that cannot be placed stays what it is.
  const bound = step.status !== undefined || step.log !== undefined;
  while (!playing.signal.aborted) {
    const all = rolePods(playing, step.of ?? '').filter(
      pod => !bound || playing.director.lives.has(pod.metadata.uid ?? ''),
    );
    const chosen = step.pod === undefined ? all : all.slice(step.pod, step.pod + 1);
    if (chosen.length > 0) return chosen;
    await sleep(100, undefined, { signal: playing.signal });
  }
  return [];
}

function rolePods(playing: Playing, role: string): KubeObject[] {
  const mine = [...playing.director.pods.items.values()].filter(
    pod => roleOf(pod) === role && ofStory(playing, pod),
  );
  const age = (pod: KubeObject) => `${pod.metadata.creationTimestamp}/${pod.metadata.name}`;
  return mine.filter(pod => !pod.metadata.deletionTimestamp).sort((a, b) => age(a).localeCompare(age(b)));
}

// Other people's deployments are in the story too; the steps speak of the command's own.
function ofStory({ loaded }: Playing, pod: KubeObject): boolean {
  const graph = pod.metadata.labels?.['nvidia.com/dynamo-graph-deployment-name'];
  const others = (loaded.story.cluster.objects ?? []).filter(each => each.kind === 'DynamoGraphDeployment');
  return !others.some(each => each.metadata.name === graph);
}

function podNames(playing: Playing): Record<string, string> {
  const names: Record<string, string> = {};
  for (const role of ['download', 'frontend', 'worker', 'prefill', 'decode']) {
    rolePods(playing, role).forEach((pod, i) => {
      names[`pod:${role}:${i}`] = pod.metadata.name;
    });
  }
  return names;
}

async function awaitEvent(playing: Playing, wanted: NonNullable<Step['await']>): Promise<void> {
  const pattern = new RegExp(wanted.message ?? '', 'i');
  while (!playing.signal.aborted) {
    const list = await playing.stage.api.send('GET', '/api/v1/events');
    const events = list.items as { reason: string; message: string }[];
    if (events.some(each => (!wanted.reason || each.reason === wanted.reason) && pattern.test(each.message)))
      return;
    await sleep(200, undefined, { signal: playing.signal });
  }
}
