/** The screens of the wait, exactly as they stand on terminals of 80 and 200 columns, and its lines elsewhere. */

import { describe, expect, it } from 'vitest';
import type { DownloadRow, RoleRow } from '../../../src/core/sight.ts';
import { downloadBar, downloadLine, percentOf, sizeText } from '../../../src/output/live-download.ts';
import { heartbeatLine, stageLine, stageWord } from '../../../src/output/live-lines.ts';
import { paintFor } from '../../../src/output/paint.ts';
import { roleTable, waitScreen } from '../../../src/output/stages.ts';
import { clock, roughly } from '../../../src/output/time.ts';

const plain = paintFor(false);
const times = { now: 762_000, startedAt: 0, limitAt: 2_400_000 };

const row = (role: string, more: Partial<RoleRow>): RoleRow => ({
  role,
  ready: 0,
  wanted: 1,
  stage: 'starting',
  stageSince: 0,
  node: null,
  restarts: 0,
  note: '',
  ...more,
});

const rows: readonly RoleRow[] = [
  row('model download', { stage: 'downloading', node: 'ip-10-0-12-34.eu-central-1.compute.internal' }),
  row('Frontend', { stage: 'ready', ready: 1, node: 'gke-pool-a-1' }),
  row('VllmPrefillWorker', {
    stage: 'loading weights 12/24',
    stageSince: 250_000,
    wanted: 2,
    node: 'gke-demo-gpu-pool-7c1f2e3d-x9kq',
    restarts: 1,
  }),
  row('VllmDecodeWorker', {
    stage: 'scheduling',
    stageSince: 100_000,
    wanted: 2,
    note: 'Karpenter brings a node of type p5.48xlarge, which usually takes two to four minutes',
  }),
];

const download: DownloadRow = {
  doneBytes: 30.1 * 2 ** 30,
  totalBytes: 60.2 * 2 ** 30,
  bytesPerSecond: 512 * 2 ** 20,
  secondsLeft: 61,
  note: '',
};
const nothingKnown: DownloadRow = {
  doneBytes: null,
  totalBytes: null,
  bytesPerSecond: null,
  secondsLeft: null,
  note: '',
};

describe('the live table', () => {
  it('at 80 columns', () => {
    expect(waitScreen({ rows, download }, times, plain, 80)).toEqual([
      '  role              ready  stage                   time  node          restarts',
      '  model download      0/1  downloading            12:42  ip-10-…12-34         0',
      '  Frontend            1/1  ready                  12:42  gke-pool-a-1         0',
      '  VllmPrefillWork…    0/2  loading weights 12/24  08:32  gke-de…-x9kq         1',
      '  VllmDecodeWorker    0/2  scheduling             11:02  -                    0',
      '  VllmDecodeWorker: Karpenter brings a node of type p5.48xlarge, which usually',
      '  takes two to four minutes',
      '',
      '  [###########...........]  50 %  30.1 of 60.2 GiB  512 MiB/s  about 2 min left',
      '',
      '  waited 12:42, at most 40:00',
    ]);
  });

  it('at 200 columns', () => {
    expect(waitScreen({ rows, download }, times, plain, 200)).toEqual([
      '  role               ready  stage                   time  node                                         restarts',
      '  model download       0/1  downloading            12:42  ip-10-0-12-34.eu-central-1.compute.internal         0',
      '  Frontend             1/1  ready                  12:42  gke-pool-a-1                                        0',
      '  VllmPrefillWorker    0/2  loading weights 12/24  08:32  gke-demo-gpu-pool-7c1f2e3d-x9kq                     1',
      '  VllmDecodeWorker     0/2  scheduling             11:02  -                                                   0',
      '  VllmDecodeWorker: Karpenter brings a node of type p5.48xlarge, which usually takes two to four',
      '  minutes',
      '',
      '  [##############################..............................]  50 %  30.1 of 60.2 GiB  512 MiB/s  about 2 min left',
      '',
      '  waited 12:42, at most 40:00',
    ]);
  });

  it('gives up the node where there is no room for it', () => {
    expect(roleTable(rows.slice(0, 3), times.now, plain, 50)).toEqual([
      '  role            ready  stage          time  restarts',
      '  model download    0/1  downloading   12:42         0',
      '  Frontend          1/1  ready         12:42         0',
      '  VllmPrefillWo…    0/2  loading wei…  08:32         1',
    ]);
  });

  it('keeps the name of a host whole where only its domain is too much', () => {
    const [, line] = roleTable(
      [row('worker', { stage: 'starting', node: 'ip-10-0-12-34.eu-central-1.compute.internal' })],
      0,
      plain,
      60,
    );
    expect(line).toBe('  worker    0/1  starting  00:00  ip-10-0-12-34…         0');
  });

  it.each([80, 120, 200])('never is wider than %d columns, whatever the names', columns => {
    const long = rows.map(one => ({ ...one, role: one.role.repeat(3), stage: one.stage.repeat(3) }));
    for (const line of waitScreen({ rows: long, download }, times, plain, columns))
      expect(line.length).toBeLessThan(columns);
  });

  it('says the same in colour', () => {
    const colored = waitScreen({ rows, download }, times, paintFor(true), 80).join('\n');
    expect(colored).toContain('\u001b[32mready');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is what it takes away.
    expect(colored.replace(/\u001b\[\d+m/g, '').replace(/ +$/gm, '')).toBe(
      waitScreen({ rows, download }, times, plain, 80).join('\n'),
    );
  });
});

describe('the download', () => {
  it('is told by what is known of it', () => {
    const said = (more: Partial<DownloadRow>) => downloadLine({ ...nothingKnown, ...more });
    expect(downloadLine(download)).toBe(
      'model download: 50 %, 30.1 of 60.2 GiB, 512 MiB/s, about 2 min left',
    );
    expect(said({ doneBytes: 300 * 2 ** 20 })).toBe('model download: 300 MiB so far');
    expect(said({ totalBytes: 3 * 2 ** 30 })).toBe('model download: 3.0 GiB in all');
    expect(said({ doneBytes: 0, totalBytes: 600 * 2 ** 20, note: 'files 1/8' })).toBe(
      'model download: 0 %, 0 of 600 MiB, files 1/8',
    );
    expect(said({})).toBe('model download: running');
    expect(downloadBar(nothingKnown, 80)).toEqual([]);
    expect(downloadBar({ ...nothingKnown, note: 'files 1/8' }, 80)).toEqual(['  files 1/8']);
  });
  it('is at 100 % only when all is there, and never above', () => {
    expect(percentOf({ ...download, doneBytes: 60.19 * 2 ** 30 })).toBe(99);
    expect(percentOf({ ...download, doneBytes: 70 * 2 ** 30 })).toBe(100);
    expect(percentOf({ ...download, totalBytes: 0 })).toBe(null);
    expect(sizeText(2 ** 30)).toBe('1.0 GiB');
  });
  it('draws no bar where there is no room', () => {
    expect(downloadBar(download, 44)).toEqual(['  50 %  30.1 of 60.2 GiB  512 MiB/s  about', '  2 min left']);
  });
});

describe('lines', () => {
  const loading = row('worker', { stage: 'loading weights 5/11', stageSince: 720_000 });
  it('tell a stage, and how long it takes or the one before took', () => {
    expect(stageLine(loading, row('worker', { stage: 'loading weights 4/11' }), times.now)).toBe(
      'worker: loading weights 5/11 (00:42)',
    );
    expect(stageLine(loading, row('worker', { stage: 'starting', stageSince: 700_000 }), times.now)).toBe(
      'worker: loading weights 5/11 (starting took 00:20)',
    );
    expect(stageLine(row('worker', { stageSince: times.now }), undefined, times.now)).toBe(
      'worker: starting',
    );
  });
  it('do not tell of less than a second', () => {
    const before = row('worker', { stage: 'scheduling', stageSince: 719_500 });
    expect(stageLine(loading, before, times.now)).toBe('worker: loading weights 5/11');
  });
  it('tell no time of what came to its end long before', () => {
    for (const stage of ['ready', 'complete', 'none wanted'])
      expect(stageLine(loading, row('worker', { stage, stageSince: 1000 }), times.now)).toBe(
        'worker: loading weights 5/11',
      );
  });
  it('tell replicas, a new node, restarts and a note', () => {
    const full = { ...loading, ready: 1, wanted: 2, node: 'gpu-1', restarts: 1, note: 'slow disk' };
    expect(stageLine(full, loading, times.now)).toBe(
      'worker 1/2: loading weights 5/11 (00:42), on gpu-1, 1 restart: slow disk',
    );
    expect(stageLine({ ...full, restarts: 2 }, full, times.now)).toBe(
      'worker 1/2: loading weights 5/11 (00:42), 2 restarts',
    );
  });
  it('tell the last state when nothing changes', () => {
    expect(heartbeatLine({ rows: [loading] }, times)).toBe(
      'still waiting after 12:42, at most 40:00: worker loading weights 5/11 for 00:42',
    );
    expect(heartbeatLine({ rows: [] }, times)).toBe('still waiting after 12:42, at most 40:00');
    // Who watches waits for nothing.
    expect(heartbeatLine({ rows: [] }, { ...times, limitAt: Number.POSITIVE_INFINITY })).toBe(
      'no change, watched for 12:42',
    );
  });
  it.each([
    ['loading weights 5/11', 'loading weights'],
    ['capturing graphs 40 %', 'capturing graphs'],
    ['capturing graphs 12', 'capturing graphs'],
    ['ready', 'ready'],
  ])('know the stage of "%s"', (stage, word) => expect(stageWord(stage)).toBe(word));
});

describe('lengths of time', () => {
  it('are exact where they are measured, and rough where they are guessed', () => {
    expect([0, 42_999, 763_000, 3_723_000, -5].map(clock)).toEqual([
      '00:00',
      '00:42',
      '12:43',
      '1:02:03',
      '00:00',
    ]);
    expect([0, 40, 61, 3_600, 3_661, 7_500].map(roughly)).toEqual([
      '1 s',
      '40 s',
      '2 min',
      '1 h',
      '1 h 2 min',
      '2 h 5 min',
    ]);
  });
});
