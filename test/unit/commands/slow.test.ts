import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '../../../src/commands/context.ts';
import { whileLooking } from '../../../src/commands/slow.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const runWith = (options: Partial<Context['options']> = {}) => {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  const context = { io: { stderr }, options } as unknown as Context;
  return { context, said };
};

const takes = (ms: number): Promise<string> => new Promise(resolve => setTimeout(resolve, ms, 'seen'));

const look = async (context: Context, ms: number): Promise<string> => {
  const looking = whileLooking(context, takes(ms));
  await vi.advanceTimersByTimeAsync(ms);
  return looking;
};

describe('a look at the cluster', () => {
  it('says nothing while nobody wonders', async () => {
    const { context, said } = runWith();
    expect(await look(context, 900)).toBe('seen');
    await vi.advanceTimersByTimeAsync(5000);
    expect(said).toEqual([]);
  });

  it('says once a run that it is slow', async () => {
    const { context, said } = runWith();
    await look(context, 1500);
    await look(context, 1500);
    expect(said).toEqual(['Looking at the cluster ...\n']);
  });

  it.each([{ output: 'json' }, { quiet: true }])('says nothing with %o', async options => {
    const { context, said } = runWith(options);
    await look(context, 1500);
    expect(said).toEqual([]);
  });

  it('passes on what went wrong, and is silent afterwards', async () => {
    const { context, said } = runWith();
    await expect(whileLooking(context, Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await vi.advanceTimersByTimeAsync(5000);
    expect(said).toEqual([]);
  });
});
