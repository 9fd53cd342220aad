/** Follows the logs of a deployment: through restarts, broken connections and pods that come later, until the signal fires. */

import { readLog } from '../../cluster/logs.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import { type News, watchCollection } from '../../cluster/watch.ts';
import type { Inventory } from '../../core/inventory.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { WatchAsk } from '../../core/sight.ts';
import { pause } from '../wait/bell.ts';
import { isRunning, lifeOf } from '../wait/containers.ts';
import { timedLine } from './merge.ts';
import type { Marked, Reading } from './read.ts';
import { podsPlaying, type Target, targetsIn } from './targets.ts';

/** Lines of one moment are sorted by their time before they are printed. Milliseconds. */
const together = 120;

/** Before a log that broke off is opened again; doubled every time that brought nothing. Milliseconds. */
const firstPause = 500;
const longestPause = 10_000;

export type Following = Reading & {
  readonly inventory: Inventory;
  readonly pods: WatchAsk;
  readonly onLines: (lines: readonly Marked[]) => Promise<void>;
  /** Seen for the first time. */
  readonly onPod: (pod: KubernetesObject) => void;
  /** A remark for people, such as that a container was restarted. */
  readonly onRemark: (text: string) => void;
};

/** One container's log, through all its lives. */
type Course = {
  life: number;
  /** Order and time of the last line. */
  order: string;
  at: string | null;
};

type State = {
  readonly following: Following;
  readonly signal: AbortSignal;
  readonly stop: (error: unknown) => void;
  readonly courses: Map<string, Course>;
  readonly buffer: Marked[];
  known: Map<string, KubernetesObject>;
  /** Until the first list is in, only so much of the past is shown as was asked for. */
  settled: boolean;
};

const keyOf = ({ pod, container }: Target): string => `${pod}/${container}`;

/** Whether the log that was read is still being written, as far as is known. */
const goesOn = ({ known }: State, target: Target): boolean => {
  const pod = known.get(target.pod);
  return isRunning(pod, target) && lifeOf(pod, target) === target.life;
};

type Past = { readonly tail: number | null; readonly sinceSeconds: number | null };

/** Where a log begins: with the past that was asked for, after its last line, or at its beginning. */
const beginning = (course: Course, past: Past) => {
  if (course.at !== null) return { tailLines: null, sinceTime: course.at.replace(/\.\d+/, '') };
  const { tail, sinceSeconds } = past;
  return { tailLines: tail, ...(sinceSeconds === null ? {} : { sinceSeconds }) };
};

/** To the end of the connection. Whether anything new came. */
const readOnce = async (state: State, target: Target, course: Course, past: Past): Promise<boolean> => {
  const { client, namespace } = state.following;
  const { pod, container } = target;
  let came = false;
  const lines = readLog(client, {
    namespace,
    pod,
    container,
    previous: false,
    follow: true,
    timestamps: true,
    ...beginning(course, past),
    signal: state.signal,
  });
  for await (const text of lines) {
    const line = timedLine(text);
    // Times are asked for by whole seconds: what of that second was shown before comes again.
    if (line.order !== '' && line.order <= course.order) continue;
    if (line.order !== '') Object.assign(course, { order: line.order, at: line.at });
    came = true;
    state.buffer.push({ ...line, target });
  }
  return came;
};

/** What no other try mends ends everything, or this log alone. */
const tryOnce = async (
  state: State,
  ...reading: [Target, Course, Past]
): Promise<'news' | 'nothing' | 'over'> => {
  try {
    return (await readOnce(state, ...reading)) ? 'news' : 'nothing';
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return 'over';
    if (isClusterError(error) && !['forbidden', 'unauthorized'].includes(error.kind)) return 'nothing';
    state.stop(error);
    return 'over';
  }
};

/** Reads again for as long as the container runs. */
const readLife = async (state: State, target: Target, course: Course, past: Past): Promise<void> => {
  for (let wait = firstPause; ; wait = Math.min(wait * 2, longestPause)) {
    const brought = await tryOnce(state, target, course, past);
    if (brought === 'over') return;
    if (brought === 'news') wait = firstPause;
    await pause(wait, state.signal);
    if (state.signal.aborted || !goesOn(state, target)) return;
  }
};

const begin = (state: State, target: Target): void => {
  const { ask, onRemark } = state.following;
  const before = state.courses.get(keyOf(target));
  if (before?.life === target.life) return;
  const course: Course = { life: target.life, order: before?.order ?? '', at: null };
  state.courses.set(keyOf(target), course);
  if (before !== undefined) onRemark(`${target.mark} was restarted (${target.life} so far)`);
  else if (state.settled) onRemark(`${target.mark} begins`);
  // What begins while it is followed is shown from its beginning.
  const past = state.settled ? { tail: null, sinceSeconds: null } : ask;
  void readLife(state, target, course, past);
};

/** Pods that are there now. */
const update = (state: State, news: News): void => {
  const { inventory, ask, onRemark, onPod } = state.following;
  const before = state.known;
  if (news.type === 'SYNC') state.known = new Map(news.objects.map(object => [object.metadata.name, object]));
  else if (news.type === 'DELETED') {
    state.known.delete(news.object.metadata.name);
    if (podsPlaying(inventory, [news.object], ask.role).length > 0)
      onRemark(`${news.object.metadata.name} is gone`);
    return;
  }
  for (const pod of news.type === 'SYNC' ? news.objects : [news.object])
    if (!before.has(pod.metadata.name)) onPod(pod);
  if (news.type !== 'SYNC') state.known.set(news.object.metadata.name, news.object);
};

const take = (state: State, news: News): void => {
  const { inventory, ask, onRemark } = state.following;
  update(state, news);
  const playing = podsPlaying(inventory, [...state.known.values()], ask.role);
  for (const target of targetsIn(inventory, playing, false)) begin(state, target);
  if (!state.settled && playing.length === 0) onRemark('No pod yet; waiting for one.');
  state.settled = true;
};

const flush = async (state: State): Promise<void> => {
  const lines = state.buffer.splice(0);
  lines.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  await state.following.onLines(lines);
};

const flushOn = async (state: State): Promise<void> => {
  while (!state.signal.aborted) {
    await pause(together, state.signal);
    await flush(state);
  }
};

/** Errors: ClusterError when pods or logs may not be read. */
export const followLogs = async (following: Following): Promise<void> => {
  const end = new AbortController();
  const signal = AbortSignal.any([following.signal, end.signal]);
  let problem: { readonly error: unknown } | null = null;
  const state: State = {
    following,
    signal,
    stop: error => {
      problem ??= { error };
      end.abort();
    },
    courses: new Map(),
    buffer: [],
    known: new Map(),
    settled: false,
  };
  const flushing = flushOn(state);
  const { path, labelSelector, fieldSelector } = following.pods;
  try {
    const watch = watchCollection(following.client, { path, labelSelector, fieldSelector, signal });
    for await (const news of watch) take(state, news);
  } catch (error) {
    state.stop(error);
  } finally {
    end.abort();
    await flushing;
  }
  if (problem !== null) throw (problem as { readonly error: unknown }).error;
};
