import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/cluster/client.ts';
import { collect, readList } from '../../../src/cluster/survey/list.ts';
import { readerOf } from '../../../src/cluster/survey/reader.ts';
import { slots } from '../../../src/cluster/survey/slots.ts';
import { playedApi, refusal } from './surveyApi.ts';

/** A list in pages; `goneAt` names requests, counted from 1, whose page got too old. */
const paged = (items: readonly number[], size: number, goneAt: readonly number[] = []) => {
  let count = 0;
  return ({ query }: Ask): unknown => {
    count += 1;
    const from = Number(query?.['continue'] ?? 0);
    if (goneAt.includes(count)) return refusal('gone', 'The provided continue parameter is too old.');
    const next = from + size < items.length ? String(from + size) : '';
    return { metadata: { continue: next }, items: items.slice(from, from + size) };
  };
};

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

const read = async (answer: (asked: Ask) => unknown) => {
  const api = playedApi({ '/list': answer });
  const reader = readerOf(api.client, new AbortController().signal);
  return {
    value: await readList(
      reader,
      { path: '/list' },
      collect((item: number) => item),
    ),
    asked: api.asked,
  };
};

describe('lists', () => {
  it('come whole and in order however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 70 }), async (count, size) => {
        const { value, asked } = await read(paged(numbers(count), size));
        expect(value).toEqual(numbers(count));
        expect(asked.length).toBe(Math.max(1, Math.ceil(count / size)));
      }),
    );
  });

  it('begin again, with nothing counted twice, when a page is too old', async () => {
    const { value, asked } = await read(paged(numbers(25), 10, [3]));
    expect(value).toEqual(numbers(25));
    expect(asked.map(({ query }) => query?.['continue'])).toEqual([
      undefined,
      '10',
      '20',
      undefined,
      '10',
      '20',
    ]);
  });

  it('do not begin again for ever', async () => {
    await expect(read(() => refusal('gone', 'too old'))).rejects.toMatchObject({ kind: 'gone' });
  });

  it('may be empty in every way an API server writes that', async () => {
    expect((await read(() => ({ items: null }))).value).toEqual([]);
    expect((await read(() => ({}))).value).toEqual([]);
  });
});

describe('slots', () => {
  it('are given back by work that fails, and used in order', async () => {
    const run = slots(1);
    const order: number[] = [];
    const failing = run(async () => {
      order.push(1);
      throw new Error('no');
    });
    const after = run(async () => order.push(2));
    const last = run(async () => order.push(3));
    await expect(failing).rejects.toThrow('no');
    await Promise.all([after, last]);
    expect(order).toEqual([1, 2, 3]);
  });
});
