/** What a person sees during a wait, frame by frame: driver, live table and a terminal, with scripted news. */

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openShow } from '../../../../src/commands/wait/show.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';
import type { Outlook, RoleRow, Sight } from '../../../../src/core/sight.ts';
import type { Io } from '../../../../src/io.ts';
import { openScreen } from '../../../kit/screen.ts';
import { beginWait, start } from './beginWait.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(start);
});
afterEach(() => {
  vi.useRealTimers();
});

type Told = Partial<RoleRow> & {
  readonly since: number;
  readonly download?: number;
  readonly warning?: string;
};

/** An object that carries what the component makes of it. */
const told = (name: string, what: Told): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  what,
});

const gibibyte = 2 ** 30;

const outlook = ({ pods }: Sight): Partial<Outlook> => {
  const all = pods.map(pod => ({ name: pod.metadata.name, ...(pod['what'] as Told) }));
  const loading = all.find(({ download }) => download !== undefined);
  return {
    done: all.length > 0 && all.every(({ ready = 0 }) => ready > 0),
    rows: all.map(
      ({ name, since, ready = 0, stage = 'scheduling', node = null, restarts = 0, note = '' }) => ({
        ...{ role: name, ready, wanted: 1, stage, node, restarts, note },
        stageSince: start + since,
      }),
    ),
    download:
      loading?.download === undefined
        ? null
        : {
            doneBytes: loading.download * gibibyte,
            totalBytes: 57 * gibibyte,
            bytesPerSecond: gibibyte,
            secondsLeft: 57 - loading.download,
            note: '',
          },
    notices: all.flatMap(({ warning }) =>
      warning === undefined
        ? []
        : [{ rule: 'slow-pull', level: 'warning', path: '', message: warning, hint: '' }],
    ),
  };
};

const node = 'ip-10-0-12-34.eu-central-1.compute.internal';

/** One wait at a terminal of a width, told frame by frame. */
const play = async (columns: number): Promise<string[][]> => {
  const screen = openScreen(columns);
  const io = { stderr: screen.stream, env: { TERM: 'xterm' }, columns, color: { stderr: false } };
  const show = await openShow(io as unknown as Io, null);
  const wait = beginWait({ outlook, show });
  const frames: string[][] = [];
  const frame = async (): Promise<void> => {
    const lines = screen.lines();
    await wait.pass(0);
    frames.push(await lines);
  };
  const news = async (name: string, what: Told): Promise<void> => {
    wait.pipeOf('pods').push({ type: 'MODIFIED', object: told(name, what) });
    await wait.pass(400);
  };
  wait.sync({ pods: [told('model download', { since: 0 }), told('worker', { since: 0 })] });
  await wait.pass(2_000);
  await frame();
  await news('model download', { since: 2_000, stage: 'downloading', node, download: 14.25 });
  await frame();
  await news('worker', {
    since: 2_000,
    stage: 'pulling image',
    node,
    warning: 'The image of 10 GiB is slow.',
  });
  await wait.pass(60_000);
  await frame();
  await news('model download', { since: 60_000, stage: 'ready', ready: 1, node });
  await news('worker', { since: 61_000, stage: 'ready', ready: 1, node, restarts: 1 });
  await wait.pass(1_000);
  expect(wait.result()).toMatchObject({ kind: 'ready' });
  await frame();
  return frames;
};

const warning = ['warning: The image of 10 GiB is slow.', '  (slow-pull)', ''];

it('at 80 columns', async () => {
  expect(await play(80)).toEqual([
    [
      '  role            ready  stage        time  node  restarts',
      '  model download    0/1  scheduling  00:02  -            0',
      '  worker            0/1  scheduling  00:02  -            0',
      '',
      '  waited 00:02, at most 10:00',
    ],
    [
      '  role            ready  stage         time  node            restarts',
      '  model download    0/1  downloading  00:00  ip-10-0-12-34…         0',
      '  worker            0/1  scheduling   00:02  -                      0',
      '',
      '  [#####..................]  25 %  14.3 of 57.0 GiB  1.0 GiB/s  about 43 s left',
      '',
      '  waited 00:02, at most 10:00',
    ],
    [
      ...warning,
      '  role            ready  stage           time  node            restarts',
      '  model download    0/1  downloading    01:00  ip-10-0-12-34…         0',
      '  worker            0/1  pulling image  01:00  ip-10-0-12-34…         0',
      '',
      '  [#####..................]  25 %  14.3 of 57.0 GiB  1.0 GiB/s  about 43 s left',
      '',
      '  waited 01:02, at most 10:00',
    ],
    [
      ...warning,
      '  role            ready  stage   time  node            restarts',
      '  model download    1/1  ready  00:03  ip-10-0-12-34…         0',
      '  worker            1/1  ready  00:02  ip-10-0-12-34…         1',
      '',
      '  waited 01:03, at most 10:00',
    ],
  ]);
});

it('at 200 columns', async () => {
  expect((await play(200)).slice(1)).toEqual([
    [
      '  role            ready  stage         time  node                                         restarts',
      '  model download    0/1  downloading  00:00  ip-10-0-12-34.eu-central-1.compute.internal         0',
      '  worker            0/1  scheduling   00:02  -                                                   0',
      '',
      '  [###############.............................................]  25 %  14.3 of 57.0 GiB  1.0 GiB/s  about 43 s left',
      '',
      '  waited 00:02, at most 10:00',
    ],
    [
      ...warning,
      '  role            ready  stage           time  node                                         restarts',
      '  model download    0/1  downloading    01:00  ip-10-0-12-34.eu-central-1.compute.internal         0',
      '  worker            0/1  pulling image  01:00  ip-10-0-12-34.eu-central-1.compute.internal         0',
      '',
      '  [###############.............................................]  25 %  14.3 of 57.0 GiB  1.0 GiB/s  about 43 s left',
      '',
      '  waited 01:02, at most 10:00',
    ],
    [
      ...warning,
      '  role            ready  stage   time  node                                         restarts',
      '  model download    1/1  ready  00:03  ip-10-0-12-34.eu-central-1.compute.internal         0',
      '  worker            1/1  ready  00:02  ip-10-0-12-34.eu-central-1.compute.internal         1',
      '',
      '  waited 01:03, at most 10:00',
    ],
  ]);
});
