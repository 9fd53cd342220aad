import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { gather, type Task } from '../../../../src/commands/bundle/tasks.ts';

const never = new AbortController().signal;
const limits = { atOnce: 6, milliseconds: 10_000 };

const task = (what: string, read: Task['read']): Task => ({ what, file: `${what}.json`, read });

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(new ClusterError('interrupted', 'Interrupted.'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });

describe('gathering', () => {
  it('keeps the order, leaves out what is not there and says why something was refused', async () => {
    const gathered = await gather(
      [
        task('slow', async () => {
          await new Promise(resolve => setTimeout(resolve, 20));
          return { a: 1 };
        }),
        task('quick', async () => 'text'),
        task('empty', async () => ''),
        task('none', async () => null),
        task('gone', async () => Promise.reject(new ClusterError('not-found', 'gone'))),
        task('closed', async () => Promise.reject(new ClusterError('forbidden', 'may not be read'))),
      ],
      limits,
      never,
    );
    expect(gathered).toEqual({
      pieces: [
        { what: 'slow', file: 'slow.json', data: { a: 1 } },
        { what: 'quick', file: 'quick.json', data: 'text' },
      ],
      refused: [{ what: 'closed', why: 'may not be read' }],
    });
  });

  it('does so many at once and no more', async () => {
    let [now, most] = [0, 0];
    const tasks = Array.from({ length: 20 }, (_, at) =>
      task(String(at), async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise(resolve => setTimeout(resolve, 2));
        now -= 1;
        return 'x';
      }),
    );
    expect((await gather(tasks, limits, never)).pieces).toHaveLength(20);
    expect(most).toBe(6);
  });

  it('ends with the time, and keeps what came before', async () => {
    const gathered = await gather(
      [task('quick', async () => 'x'), task('hangs', untilAborted), task('waits', untilAborted)],
      { atOnce: 1, milliseconds: 40 },
      never,
    );
    expect(gathered.pieces.map(({ what }) => what)).toEqual(['quick']);
    expect(gathered.refused).toEqual([
      { what: 'hangs', why: 'not within 0 s' },
      { what: 'waits', why: 'not within 0 s' },
    ]);
  });

  it('ends with an interrupt, and with a mistake of the program', async () => {
    const stop = new AbortController();
    const gathered = gather([task('hangs', untilAborted)], limits, stop.signal);
    stop.abort();
    await expect(gathered).rejects.toMatchObject({ kind: 'interrupted' });
    await expect(
      gather([task('bug', async () => Promise.reject(new Error('bug')))], limits, never),
    ).rejects.toThrow('bug');
  });
});
