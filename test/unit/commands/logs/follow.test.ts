import { describe, expect, it } from 'vitest';
import type { Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { logsAskOf } from '../../../../src/commands/logs/ask.ts';
import { followLogs } from '../../../../src/commands/logs/follow.ts';
import { inventory } from '../../../../src/components/nvidia-platform/dynamo-vllm/inventory.ts';

type State = { restarts?: number; running?: boolean };

const pod = (name: string, role: string, { restarts = 0, running = true }: State = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { 'nvidia.com/dynamo-component': role }, resourceVersion: '1' },
  spec: { containers: [{ name: 'main' }] },
  status: {
    containerStatuses: [
      {
        name: 'main',
        restartCount: restarts,
        state: running ? { running: {} } : { waiting: { reason: 'CrashLoopBackOff' } },
        ...(restarts > 0 || !running ? { lastState: { terminated: { exitCode: 1 } } } : {}),
      },
    ],
  },
});

/** Answers lists with pods, watches with what is pushed, and each opening of a log with its next script. */
const play = (pods: readonly unknown[], logs: Record<string, (readonly string[] | ClusterError)[]>) => {
  const opened: { pod: string; query: Readonly<Record<string, unknown>> }[] = [];
  const events: string[] = [];
  let wake = (): void => {};
  async function* watch(signal: AbortSignal): AsyncGenerator<string> {
    while (!signal.aborted) {
      const next = events.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>(resolve => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
    }
  }
  async function* log(name: string): AsyncGenerator<string> {
    const script = logs[name]?.shift() ?? [];
    if (script instanceof ClusterError) throw script;
    yield* script;
  }
  const client = {
    request: async () => ({
      status: 200,
      warnings: [],
      body: { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '1' }, items: pods },
    }),
    lines: ({ path, query = {}, signal }: Parameters<Client['lines']>[0]) => {
      const name = /pods\/([^/]+)\/log$/.exec(path)?.[1];
      if (name === undefined) return watch(signal);
      opened.push({ pod: name, query });
      return log(name);
    },
  } as unknown as Client;
  return {
    client,
    opened,
    tell: (type: string, object: unknown) => {
      events.push(JSON.stringify({ type, object }));
      wake();
    },
  };
};

const start = (played: ReturnType<typeof play>, options: Parameters<typeof logsAskOf>[0] = {}) => {
  const end = new AbortController();
  const lines: string[] = [];
  const remarks: string[] = [];
  const seen: string[] = [];
  const done = followLogs({
    client: played.client,
    namespace: 'ns',
    ask: logsAskOf({ follow: true, ...options }),
    signal: end.signal,
    inventory,
    pods: { key: 'pods', path: '/api/v1/namespaces/ns/pods', labelSelector: null, fieldSelector: null },
    onTrouble: () => {},
    onLines: async more => {
      lines.push(...more.map(({ target, text }) => `${target.mark} ${text}`));
    },
    onPod: pod => seen.push(pod.metadata.name),
    onRemark: text => remarks.push(text),
  });
  return { lines, remarks, seen, done, stop: () => end.abort() };
};

const at = (second: number): string => `2025-01-01T00:00:0${second}.500000000Z`;

describe('following logs', () => {
  it('sorts lines of one moment, and ends quietly with the signal', async () => {
    const played = play([pod('c-decode-aaaaa', 'decode'), pod('c-frontend-bbbbb', 'Frontend')], {
      'c-decode-aaaaa': [[`${at(1)} one`, `${at(3)} three`]],
      'c-frontend-bbbbb': [[`${at(2)} two`]],
    });
    const following = start(played, { tail: '7', since: '1m' });
    await expect.poll(() => following.lines.length).toBe(3);
    following.stop();
    await following.done;
    expect(following.lines).toEqual(['decode/aaaaa one', 'frontend/bbbbb two', 'decode/aaaaa three']);
    expect(played.opened[0]?.query).toMatchObject({ tailLines: 7, sinceSeconds: 60, follow: true });
    expect(following.remarks).toEqual([]);
  });
  it('goes on after a connection that broke, without showing a line twice', async () => {
    const played = play([pod('c-decode-aaaaa', 'decode')], {
      'c-decode-aaaaa': [
        [`${at(1)} one`, `${at(2)} two`],
        new ClusterError('unreachable', 'cut'),
        [`${at(2)} two`, `${at(3)} three`],
      ],
    });
    const following = start(played);
    await expect.poll(() => following.lines.length, { timeout: 5000 }).toBe(3);
    following.stop();
    await following.done;
    expect(following.lines.map(line => line.split(' ')[1])).toEqual(['one', 'two', 'three']);
    expect(played.opened.at(2)?.query).toMatchObject({ sinceTime: '2025-01-01T00:00:02Z' });
  });
  it('shows the next life of a container and pods that come later from their beginnings', async () => {
    const played = play([pod('c-decode-aaaaa', 'decode')], {
      'c-decode-aaaaa': [[`${at(1)} first life`], [`${at(4)} second life`]],
      'c-decode-ccccc': [[`${at(5)} new pod`]],
    });
    const following = start(played, { role: 'decode' });
    await expect.poll(() => following.lines.length).toBe(1);
    played.tell('MODIFIED', pod('c-decode-aaaaa', 'decode', { restarts: 1 }));
    await expect.poll(() => following.lines.length).toBe(2);
    played.tell('ADDED', pod('c-frontend-bbbbb', 'Frontend'));
    played.tell('ADDED', pod('c-decode-ccccc', 'decode'));
    played.tell('DELETED', pod('c-decode-aaaaa', 'decode', { restarts: 1 }));
    await expect.poll(() => following.lines.length).toBe(3);
    following.stop();
    await following.done;
    expect(following.lines).toEqual([
      'decode/aaaaa first life',
      'decode/aaaaa second life',
      'decode/ccccc new pod',
    ]);
    expect(played.opened.find(one => one.pod === 'c-decode-ccccc')?.query).toMatchObject({
      tailLines: undefined,
    });
    expect(following.seen).toEqual(['c-decode-aaaaa', 'c-frontend-bbbbb', 'c-decode-ccccc']);
    expect(following.remarks).toEqual([
      'decode/aaaaa was restarted (1 so far)',
      'decode/ccccc begins',
      'c-decode-aaaaa is gone',
    ]);
  });
  it('ends with the reason when logs may not be read', async () => {
    const played = play([pod('c-decode-aaaaa', 'decode')], {
      'c-decode-aaaaa': [new ClusterError('forbidden', 'no')],
    });
    await expect(start(played).done).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
