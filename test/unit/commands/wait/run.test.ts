/** When the driver of the wait looks, what it says, and how it ends. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogAsk } from '../../../../src/core/sight.ts';
import { beginWait as begin, crashed, finding, pod, running, start } from './beginWait.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

describe('looks', () => {
  it('are taken when all lists are there, when news comes, and not else', async () => {
    const { sync, pipeOf, looks, pass } = begin({});
    pipeOf('pods').push({ type: 'SYNC', objects: [pod('early')] });
    await pass(1_000);
    expect(looks.length).toBe(0);
    sync();
    await pass(0);
    expect(looks.map(({ at }) => at)).toEqual([1_000]);
    await pass(50_000);
    expect(looks.length).toBe(1);
    pipeOf('pods').push({ type: 'ADDED', object: pod('late') });
    await pass(0);
    expect(looks.at(-1)?.at).toBe(51_000);
    expect(looks.at(-1)?.sight.pods.map(({ metadata }) => metadata.name)).toEqual(['late']);
  });

  it('are at most one in 100 ms, and the last news is looked at', async () => {
    const { sync, pipeOf, looks, pass } = begin({});
    sync();
    await pass(0);
    for (let count = 0; count < 50; count++) {
      pipeOf('events').push({ type: 'ADDED', object: pod(`event-${count}`) });
      await pass(10);
    }
    await pass(100);
    expect(looks.length).toBeLessThanOrEqual(7);
    expect(looks.at(-1)?.sight.events.length).toBe(50);
    const gaps = looks.slice(1).map(({ at }, index) => at - (looks[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('are taken when time alone changes the outlook', async () => {
    const { sync, looks, pass } = begin({ outlook: ({ now }) => ({ lookAgainAt: now + 30_000 }) });
    sync();
    await pass(65_000);
    expect(looks.map(({ at }) => at)).toEqual([0, 30_000, 60_000]);
  });

  it('see changes and deletions, one graph, and since when', async () => {
    const { sync, pipeOf, looks, pass } = begin({});
    sync({ pods: [pod('a'), pod('b')], graph: [pod('graph')] });
    await pass(0);
    pipeOf('pods').push({ type: 'MODIFIED', object: pod('b', running) });
    pipeOf('pods').push({ type: 'DELETED', object: pod('a') });
    await pass(200);
    const { sight } = looks.at(-1) ?? { sight: null };
    expect(sight?.pods).toEqual([pod('b', running)]);
    expect(sight?.graph?.metadata.name).toBe('graph');
    expect(sight?.since).toBe(start);
  });

  it('do not wait for lists that do not come', async () => {
    const { looks, pass } = begin({});
    await pass(4_999);
    expect(looks.length).toBe(0);
    await pass(1);
    expect(looks.length).toBe(1);
  });
});

describe('the end', () => {
  it('is "ready" when all is done; every watch has ended, no timer is left', async () => {
    const wait = begin({ outlook: ({ pods }) => ({ done: pods.length > 0 }) });
    wait.sync();
    await wait.pass(0);
    expect(wait.result()).toBe(null);
    wait.pipeOf('pods').push({ type: 'ADDED', object: pod('a') });
    await wait.pass(200);
    expect(wait.result()).toMatchObject({ kind: 'ready', gpusHeld: 2, notices: [] });
    expect(wait.said).toEqual(['end']);
    expect([...wait.open]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is "hopeless" with findings and evidence', async () => {
    const hopeless = [finding('image-missing')];
    const wait = begin({ outlook: () => ({ hopeless, evidence: ['line'], done: true }) });
    wait.sync();
    await wait.pass(0);
    expect(wait.result()).toMatchObject({ kind: 'hopeless', findings: hopeless, evidence: ['line'] });
  });

  it('waits a moment for a log that would tell why it is hopeless', async () => {
    const ask: LogAsk = { pod: 'a', container: 'main', previous: true };
    const wait = begin({
      outlook: ({ logs }) => ({
        hopeless: [finding('crash')],
        logs: [ask],
        evidence: logs['a/main/previous'] ?? [],
      }),
    });
    wait.sync({ pods: [pod('a', crashed(1))] });
    await wait.pass(500);
    expect(wait.result()).toBe(null);
    wait.pipeOf('a/main/previous').push('Traceback');
    await wait.pass(200);
    expect(wait.result()).toMatchObject({ kind: 'hopeless', evidence: ['Traceback'] });
    const silent = begin({ outlook: () => ({ hopeless: [finding('crash')], logs: [ask] }) });
    silent.sync({ pods: [pod('a', crashed(1))] });
    await silent.pass(1_900);
    expect(silent.result()).toBe(null);
    await silent.pass(200);
    expect(silent.result()).toMatchObject({ kind: 'hopeless', evidence: [] });
  });

  it('goes on when what was hopeless mends meanwhile', async () => {
    const ask: LogAsk = { pod: 'a', container: 'main', previous: true };
    const wait = begin({
      outlook: ({ pods }) => ({ hopeless: pods.length === 1 ? [finding('crash')] : [], logs: [ask] }),
    });
    wait.sync({ pods: [pod('a', crashed(1))] });
    await wait.pass(500);
    wait.pipeOf('pods').push({ type: 'ADDED', object: pod('b') });
    await wait.pass(10_000);
    expect(wait.result()).toBe(null);
  });

  it.each([
    [null, 600],
    [30, 30],
  ])('is "timed-out" at the limit: told %s, after %d s', async (timeoutSeconds, limit) => {
    const wait = begin({ timeoutSeconds });
    wait.sync();
    await wait.pass(limit * 1000 - 1);
    expect(wait.result()).toBe(null);
    await wait.pass(1);
    expect(wait.result()).toMatchObject({ kind: 'timed-out', findings: [finding('last-word')] });
    expect([...wait.open]).toEqual([]);
  });

  it.each(['before', 'after'])('is "interrupted" at once, %s the first look', async when => {
    const wait = begin({});
    if (when === 'after') wait.sync({ pods: [pod('a')] });
    await wait.pass(10);
    wait.stop.abort();
    await wait.pass(0);
    expect(wait.result()).toMatchObject({ kind: 'interrupted', gpusHeld: when === 'after' ? 2 : 0 });
    expect([...wait.open]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is what the component threw, when it throws', async () => {
    const wait = begin({
      outlook: () => {
        throw new TypeError('a bug');
      },
    });
    wait.sync();
    await wait.pass(0);
    expect(wait.result()).toEqual({ error: new TypeError('a bug') });
    expect([...wait.open]).toEqual([]);
  });
});

describe('notices', () => {
  it('are said once, whatever the figures in them', async () => {
    const wait = begin({
      outlook: ({ now }) => ({
        lookAgainAt: now + 1_000,
        notices: [finding('slow', `Pulling since ${now - start} ms.`)],
      }),
    });
    wait.sync();
    await wait.pass(3_500);
    expect(wait.said).toEqual(['slow: Pulling since 0 ms.']);
  });
});
