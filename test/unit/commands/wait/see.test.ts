/** What is seen during a wait: refusals, a cluster that is away, logs. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import type { LogAsk, Sight } from '../../../../src/core/sight.ts';
import { beginWait as begin, crashed, pod, running, start } from './beginWait.ts';
import { watched as keys } from './playedCluster.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is forbidden', () => {
  const refusal = new ClusterError('forbidden', 'You may not watch this.', { status: 403, hint: 'Ask.' });

  it.each(['events', 'jobs'])('%s: said once, and the wait goes on', async key => {
    const wait = begin({});
    wait.pipeOf(key).end(refusal);
    wait.sync();
    await wait.pass(120_000);
    expect(wait.said).toEqual([`wait-unreadable: The wait goes on without ${key}: You may not watch this.`]);
    expect(wait.opened.filter(name => name === key).length).toBe(1);
    expect(wait.looks.length).toBeGreaterThan(0);
    expect(wait.result()).toBe(null);
  });

  it.each(['pods', 'graph'])('%s: the wait ends', async key => {
    const wait = begin({});
    wait.pipeOf(key).end(refusal);
    await wait.pass(100);
    expect(wait.result()).toMatchObject({
      error: { kind: 'forbidden', hint: 'Ask.', findings: [{ rule: 'wait-forbidden' }] },
    });
    expect([...wait.open]).toEqual([]);
  });

  it('logs: said once, and none is tried again', async () => {
    const logs = ['a', 'b'].map(name => ({ pod: name, container: 'main', previous: false }));
    const wait = begin({ outlook: ({ now }) => ({ logs, lookAgainAt: now + 1_000 }) });
    wait.pipeOf('a/main').end(refusal);
    wait.pipeOf('b/main').end(refusal);
    wait.sync({ pods: [pod('a', running), pod('b', running)] });
    await wait.pass(120_000);
    expect(wait.said).toEqual(['wait-unreadable: The wait goes on without logs: You may not watch this.']);
    expect(wait.opened.filter(name => name.includes('/')).length).toBe(2);
  });
});

describe('a cluster that is away', () => {
  const away = new ClusterError('unreachable', 'Nobody answers.');
  const fail = (wait: ReturnType<typeof begin>) => {
    for (const key of keys) wait.pipeOf(key).end(away);
  };

  it('is said after a minute, tried again, and told when it is back', async () => {
    const wait = begin({});
    wait.sync();
    await wait.pass(10);
    fail(wait);
    for (let second = 0; second < 59; second++) {
      await wait.pass(1_000);
      fail(wait);
    }
    expect(wait.said).toEqual([]);
    await wait.pass(2_000);
    fail(wait);
    expect(wait.said).toEqual([
      'wait-silent: Nothing has been heard about the deployment, jobs, pods and events for 60 s: Nobody answers.',
    ]);
    await wait.pass(60_000);
    wait.sync();
    await wait.pass(20_000);
    expect(wait.said.slice(1)).toEqual(['The cluster is heard again.']);
    expect(wait.result()).toBe(null);
  });

  it('is not said of a watch that was opened again and has nothing to tell', async () => {
    const wait = begin({});
    wait.sync();
    for (let second = 0; second < 50; second += 10) {
      wait.trouble(away);
      await wait.pass(10_000);
    }
    await wait.pass(300_000);
    expect(wait.said).toEqual([]);
  });

  it('is said again when it goes away again', async () => {
    const wait = begin({});
    wait.sync();
    for (const time of ['first', 'second']) {
      for (let second = 0; second <= 60; second += 10) {
        await wait.pass(10_000);
        wait.trouble(away);
      }
      await wait.pass(200);
      wait.trouble(null);
      expect(wait.said.length, time).toBe(time === 'first' ? 2 : 4);
    }
    expect(wait.said[3]).toBe('The cluster is heard again.');
  });

  it.each([90, 15])('is the first of the reasons when the time is up after %d s', async seconds => {
    const wait = begin({ timeoutSeconds: seconds });
    for (let second = 0; second < seconds + 1; second++) {
      fail(wait);
      await wait.pass(1_000);
    }
    expect(wait.result()).toMatchObject({
      kind: 'timed-out',
      findings: [{ rule: 'wait-silent', level: 'error' }, { rule: 'last-word' }],
    });
  });

  it('is no error when only a watch without which it can do is silent', async () => {
    const wait = begin({ timeoutSeconds: 15 });
    wait.sync();
    for (let second = 0; second < 16; second++) {
      wait.pipeOf('events').end(away);
      await wait.pass(1_000);
    }
    expect(wait.result()).toMatchObject({
      findings: [{ rule: 'wait-silent', level: 'unknown' }, { rule: 'last-word' }],
    });
  });

  it('keeps what was seen while one watch is opened again', async () => {
    const wait = begin({});
    wait.sync({ pods: [pod('a')] });
    await wait.pass(10);
    wait.pipeOf('pods').end(away);
    await wait.pass(500);
    expect(wait.looks.at(-1)?.sight.pods.length).toBe(1);
    await wait.pass(1_000);
    wait.pipeOf('pods').push({ type: 'SYNC', objects: [pod('a'), pod('b')] });
    await wait.pass(200);
    expect(wait.looks.at(-1)?.sight.pods.length).toBe(2);
    expect(wait.opened.filter(name => name === 'pods').length).toBe(2);
  });
});

describe('logs', () => {
  const current: LogAsk = { pod: 'a', container: 'main', previous: false };
  const previous: LogAsk = { ...current, previous: true };
  const logsOf = (wait: ReturnType<typeof begin>) => wait.opened.filter(name => name.includes('/'));
  const asking = (...logs: readonly LogAsk[]) => begin({ outlook: () => ({ logs }) });

  it('are opened once they can be read, each once', async () => {
    const wait = asking(current, previous);
    wait.sync({ pods: [pod('a', { state: { waiting: {} } })] });
    await wait.pass(500);
    expect(logsOf(wait)).toEqual([]);
    for (let count = 0; count < 5; count++) {
      wait.pipeOf('pods').push({ type: 'MODIFIED', object: pod('a', running) });
      await wait.pass(200);
    }
    expect(logsOf(wait)).toEqual(['a/main']);
    wait.pipeOf('a/main').push('hello');
    await wait.pass(200);
    expect(wait.looks.at(-1)?.sight.logs).toEqual({ 'a/main': ['hello'] });
  });

  it('keep the last 400 lines', async () => {
    const wait = asking(current);
    wait.sync({ pods: [pod('a', running)] });
    await wait.pass(10);
    for (let line = 0; line < 1_000; line++) wait.pipeOf('a/main').push(`line ${line}`);
    await wait.pass(500);
    const lines = wait.looks.at(-1)?.sight.logs['a/main'] ?? [];
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([400, 'line 600', 'line 999']);
  });

  it('are read anew for every life of a container', async () => {
    const wait = asking(current, previous);
    wait.sync({ pods: [pod('a', running)] });
    await wait.pass(10);
    wait.pipeOf('a/main').push('first');
    wait.pipeOf('a/main').end();
    wait.pipeOf('pods').push({ type: 'MODIFIED', object: pod('a', { ...crashed(1), ...running }) });
    await wait.pass(300);
    wait.pipeOf('a/main').push('second');
    wait.pipeOf('a/main/previous').push('first');
    wait.pipeOf('a/main/previous').end();
    await wait.pass(60_000);
    expect(logsOf(wait)).toEqual(['a/main', 'a/main', 'a/main/previous']);
    expect(wait.looks.at(-1)?.sight.logs).toEqual({ 'a/main': ['second'], 'a/main/previous': ['first'] });
  });

  it('are opened again, ever more slowly, when they break off while the container runs', async () => {
    const wait = asking(current);
    wait.sync({ pods: [pod('a', running)] });
    for (let second = 0; second < 30; second++) {
      wait.pipeOf('a/main').end(new ClusterError('server', 'The kubelet does not answer.'));
      await wait.pass(1_000);
    }
    expect(logsOf(wait).length).toBe(5);
    await wait.pass(30_000);
    wait.pipeOf('a/main').push('here');
    await wait.pass(1_000);
    expect(wait.looks.at(-1)?.sight.logs).toEqual({ 'a/main': ['here'] });
    expect(wait.said).toEqual([]);
  });

  it('are no news while nobody asks for them, and are kept', async () => {
    const asks = ({ pods }: Sight): LogAsk[] => (pods.length === 1 ? [current] : []);
    const wait = begin({ outlook: sight => ({ logs: asks(sight) }) });
    wait.sync({ pods: [pod('a', running)] });
    await wait.pass(10);
    wait.pipeOf('pods').push({ type: 'ADDED', object: pod('b') });
    await wait.pass(200);
    const count = wait.looks.length;
    wait.pipeOf('a/main').push('chatter');
    await wait.pass(10_000);
    expect(wait.looks.length).toBe(count);
    wait.pipeOf('pods').push({ type: 'DELETED', object: pod('b') });
    await wait.pass(200);
    expect(wait.looks.at(-1)?.sight.logs).toEqual({ 'a/main': ['chatter'] });
    expect(logsOf(wait)).toEqual(['a/main']);
  });

  it('end with the pod, and what was read is kept', async () => {
    const wait = asking(current);
    wait.sync({ pods: [pod('a', running)] });
    await wait.pass(10);
    wait.pipeOf('a/main').push('last words');
    await wait.pass(200);
    wait.pipeOf('pods').push({ type: 'DELETED', object: pod('a') });
    await wait.pass(200);
    expect([...wait.open].filter(name => name.includes('/'))).toEqual([]);
    await wait.pass(60_000);
    expect(wait.looks.at(-1)?.sight.logs).toEqual({ 'a/main': ['last words'] });
    expect(logsOf(wait)).toEqual(['a/main']);
  });
});
