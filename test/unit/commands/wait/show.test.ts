/** The three ways to show a wait, with a clock that a test moves. */

import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canRedraw, openShow } from '../../../../src/commands/wait/show.ts';
import type { DownloadRow, Outlook, RoleRow } from '../../../../src/core/sight.ts';
import type { Io } from '../../../../src/io.ts';
import { openScreen } from '../../../kit/screen.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(0);
});
afterEach(() => {
  vi.useRealTimers();
});

const ioTo = (stderr: Writable, env: Io['env'] = {}): Io => ({
  stdin: process.stdin,
  stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
  stderr,
  env,
  cwd: '/',
  root: '/',
  signal: new AbortController().signal,
  canPrompt: false,
  color: { stdout: false, stderr: false },
  columns: 80,
  version: '0',
});

const gather = () => {
  const text: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: unknown, _encoding, done) => {
      text.push(String(chunk));
      done();
    },
  });
  return { stream, lines: () => text.join('').split('\n').slice(0, -1) };
};

const row = (role: string, stage: string, more: Partial<RoleRow> = {}): RoleRow => ({
  role,
  ready: 0,
  wanted: 1,
  stage,
  stageSince: Date.now(),
  node: null,
  restarts: 0,
  note: '',
  ...more,
});

const outlook = (rows: readonly RoleRow[], download: DownloadRow | null = null): Outlook => ({
  done: false,
  rows,
  download,
  notices: [],
  hopeless: [],
  evidence: [],
  logs: [],
  lookAgainAt: null,
});

const times = () => ({ now: Date.now(), startedAt: 0, limitAt: 600_000 });

const bytes = (doneBytes: number): DownloadRow => ({
  doneBytes,
  totalBytes: 1000 * 2 ** 20,
  bytesPerSecond: 2 ** 20,
  secondsLeft: 1000 - doneBytes / 2 ** 20,
  note: '',
});

const slow = {
  rule: 'slow',
  level: 'warning',
  path: '',
  message: 'The image is large.',
  hint: '',
} as const;

describe('lines', () => {
  const open = async () => {
    const { stream, lines } = gather();
    return { lines, show: await openShow(ioTo(stream), null) };
  };

  it('one for every change of a stage, a finding where it belongs', async () => {
    const { lines, show } = await open();
    show.look(outlook([row('worker', 'scheduling')]), times());
    vi.advanceTimersByTime(1_500);
    show.look(outlook([row('worker', 'scheduling', { stageSince: 0 })]), times());
    show.notice(slow);
    const pulling = row('worker', 'pulling image', { node: 'gpu-1' });
    show.look(outlook([pulling]), times());
    vi.advanceTimersByTime(42_000);
    show.look(outlook([{ ...pulling, restarts: 1 }]), times());
    show.say('Heard again.');
    show.end();
    expect(lines()).toEqual([
      'worker: scheduling',
      'warning: The image is large.',
      '  (slow)',
      'worker: pulling image (scheduling took 00:01), on gpu-1',
      'worker: pulling image (00:42), 1 restart',
      'Heard again.',
    ]);
  });

  it('none for a download of which nothing is known', async () => {
    const { lines, show } = await open();
    const unknown = { doneBytes: null, totalBytes: null, bytesPerSecond: null, secondsLeft: null, note: '' };
    show.look(outlook([], unknown), times());
    show.look(outlook([], { ...unknown, note: 'asking the Hub' }), times());
    show.end();
    expect(lines()).toEqual(['model download: asking the Hub']);
  });

  it('none for a figure in a note alone', async () => {
    const { lines, show } = await open();
    for (const minutes of [2, 3, 4])
      show.look(outlook([row('worker', 'pulling', { note: `comes for ${minutes} minutes` })]), times());
    show.end();
    expect(lines()).toEqual(['worker: pulling: comes for 2 minutes']);
  });

  it('counters and the download every five seconds at most', async () => {
    const { lines, show } = await open();
    for (let second = 0; second <= 12; second++) {
      vi.setSystemTime(second * 1000);
      const loading = row('worker', `loading weights ${second}/99`, { stageSince: 0 });
      show.look(outlook([loading], bytes(second * 2 ** 20)), times());
    }
    show.end();
    expect(lines()).toEqual([
      'worker: loading weights 0/99',
      'model download: 0 %, 0 of 1000 MiB, 1 MiB/s, about 17 min left',
      'worker: loading weights 5/99 (00:05)',
      'model download: 0 %, 5 of 1000 MiB, 1 MiB/s, about 17 min left',
      'worker: loading weights 10/99 (00:10)',
      'model download: 1 %, 10 of 1000 MiB, 1 MiB/s, about 17 min left',
    ]);
  });

  it('the last state every minute without a change, and nothing after the end', async () => {
    const { lines, show } = await open();
    show.look(outlook([row('worker', 'scheduling')]), times());
    vi.advanceTimersByTime(125_000);
    show.end();
    vi.advanceTimersByTime(600_000);
    expect(lines()).toEqual([
      'worker: scheduling',
      'still waiting after 01:00, at most 10:00: worker scheduling for 01:00',
      'still waiting after 02:00, at most 10:00: worker scheduling for 02:00',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('events', () => {
  it('none of a download of which no figure is known', async () => {
    const events: string[] = [];
    const show = await openShow(ioTo(new Writable()), kind => events.push(kind));
    const unknown = { doneBytes: null, totalBytes: null, bytesPerSecond: null, secondsLeft: null };
    show.look(outlook([], { ...unknown, note: 'asking the Hub' }), times());
    expect(events).toEqual([]);
    vi.setSystemTime(10_000);
    show.look(outlook([], { ...unknown, totalBytes: 5, note: '' }), times());
    expect(events).toEqual(['download']);
  });

  it('tell stages, the download and findings as data', async () => {
    const events: unknown[] = [];
    const { stream, lines } = gather();
    const show = await openShow(ioTo(stream), (kind, event) => events.push({ kind, ...event }));
    const worker = row('worker', 'ready', { ready: 2, wanted: 2, node: 'gpu-1', restarts: 1 });
    for (const second of [0, 1, 5]) {
      vi.setSystemTime(second * 1000);
      show.look(outlook([worker], bytes(second)), times());
    }
    show.notice(slow);
    show.say('Not for programs.');
    show.end();
    expect(events).toEqual([
      { kind: 'stage', role: 'worker', ready: 2, wanted: 2, stage: 'ready', node: 'gpu-1', restarts: 1 },
      expect.objectContaining({
        kind: 'download',
        doneBytes: 0,
        totalBytes: 1000 * 2 ** 20,
        bytesPerSecond: 2 ** 20,
      }),
      expect.objectContaining({ kind: 'download', doneBytes: 5 }),
      { kind: 'finding', finding: slow },
    ]);
    expect(lines()).toEqual([]);
  });
});

describe('the live table', () => {
  const open = async (columns = 80) => {
    const screen = openScreen(columns);
    return { screen, show: await openShow(ioTo(screen.stream, { TERM: 'xterm' }), null) };
  };
  // The screen itself needs the real clock.
  const seen = (screen: ReturnType<typeof openScreen>): Promise<string[]> => {
    vi.useRealTimers();
    return screen.lines();
  };

  it('shows roles and time, and lets findings pass above it', async () => {
    const { screen, show } = await open();
    show.look(outlook([row('worker', 'scheduling'), row('frontend', 'starting')]), times());
    show.notice(slow);
    vi.advanceTimersByTime(61_000);
    show.look(outlook([row('worker', 'starting', { node: 'gpu-1' })], bytes(100 * 2 ** 20)), times());
    show.end();
    expect(await seen(screen)).toEqual([
      'warning: The image is large.',
      '  (slow)',
      '',
      '  role    ready  stage      time  node   restarts',
      '  worker    0/1  starting  00:00  gpu-1         0',
      '',
      '  [##......................]  10 %  100 of 1000 MiB  1 MiB/s  about 15 min left',
      '',
      '  waited 01:01, at most 10:00',
    ]);
  });

  it('ticks every second without news', async () => {
    const { screen, show } = await open();
    show.look(outlook([row('worker', 'scheduling')]), times());
    vi.advanceTimersByTime(3_000);
    expect(await seen(screen)).toEqual([
      '  role    ready  stage        time  node  restarts',
      '  worker    0/1  scheduling  00:03  -            0',
      '',
      '  waited 00:03, at most 10:00',
    ]);
    show.end();
  });

  it('redraws four times a second at most, and shows the last state when it ends', async () => {
    const { screen, show } = await open(200);
    for (let at = 0; at < 1_000; at += 10) {
      vi.setSystemTime(at);
      show.look(outlook([row('worker', `loading weights ${at}/999`)]), times());
      vi.advanceTimersByTime(10);
    }
    expect(screen.writes.length).toBeLessThanOrEqual(5);
    expect(screen.writes.length).toBeGreaterThanOrEqual(4);
    show.end();
    expect(vi.getTimerCount()).toBe(0);
    expect((await seen(screen))[1]).toContain('loading weights 990/999');
  });

  it('follows a window that is made wider', async () => {
    const { screen, show } = await open(60);
    const worker = row('worker', 'starting', { node: 'gke-demo-gpu-pool-7c1f2e3d-x9kq' });
    show.look(outlook([worker]), times());
    Object.assign(screen.stream, { columns: 120 });
    show.end();
    expect(screen.writes[0]).toContain('gke-de');
    expect(screen.writes.at(-1)).toContain('gke-demo-gpu-pool-7c1f2e3d-x9kq');
  });
});

describe('those who want no talk', () => {
  it('are told nothing', async () => {
    const { stream, lines } = gather();
    const show = await openShow(ioTo(stream), null, true);
    show.look(outlook([row('worker', 'starting')], bytes(5)), times());
    show.notice(slow);
    show.say('The cluster is heard again.');
    show.end();
    expect(lines()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the way is chosen', () => {
  const terminal = openScreen().stream;
  it.each([
    [terminal, { TERM: 'xterm' }, true],
    [terminal, { TERM: 'xterm', NO_COLOR: '1' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [terminal, { TERM: 'xterm', ACCESSIBLE: '1' }, false],
    [terminal, { TERM: 'xterm', CI: 'true' }, false],
    [new Writable(), { TERM: 'xterm' }, false],
    [Object.create(terminal, { columns: { value: 0 } }), { TERM: 'xterm' }, false],
  ])('%#', (stream, env, live) => expect(canRedraw(ioTo(stream, env))).toBe(live));
});
