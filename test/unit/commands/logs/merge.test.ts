import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeLines, type TimedLine, timedLine } from '../../../../src/commands/logs/merge.ts';

async function* from<T>(lines: readonly T[]): AsyncGenerator<T> {
  for (const line of lines) yield line;
}

const merged = async (...logs: readonly (readonly string[])[]): Promise<string[]> => {
  const texts: string[] = [];
  for await (const line of mergeLines(logs.map(log => from(log.map(timedLine))))) texts.push(line.text);
  return texts;
};

describe('timedLine', () => {
  it.each<[string, string | null, string]>([
    ['2025-01-02T03:04:05.123456789Z loading weights', '2025-01-02T03:04:05.123456789Z', 'loading weights'],
    ['2025-01-02T03:04:05Z ', '2025-01-02T03:04:05Z', ''],
    ['2025-01-02T03:04:05.5+02:00  indented', '2025-01-02T03:04:05.5+02:00', ' indented'],
    ['no time at all', null, 'no time at all'],
  ])('%j', (line, at, text) => {
    expect(timedLine(line)).toMatchObject({ at, text });
  });
  it('orders times of several zones and lengths', () => {
    const orders = [
      '2025-01-02T05:04:05+02:00 a',
      '2025-01-02T03:04:05.000000001Z b',
      '2025-01-02T03:04:05.1Z c',
      '2025-01-02T03:04:05.100000001Z d',
      '2025-01-02T03:04:06Z e',
    ].map(line => timedLine(line).order);
    expect(orders.toSorted()).toEqual(orders);
    expect(new Set(orders).size).toBe(5);
  });
});

describe('mergeLines', () => {
  it('puts lines of several logs into the order of their times', async () => {
    expect(
      await merged(
        ['2025-01-01T00:00:01Z a1', '2025-01-01T00:00:04Z a2'],
        [],
        ['2025-01-01T00:00:02Z b1', 'b1 goes on', '2025-01-01T00:00:03Z b2'],
      ),
    ).toEqual(['a1', 'b1', 'b1 goes on', 'b2', 'a2']);
  });
  it('loses nothing, adds nothing and keeps the order of each log', async () => {
    const log = fc.array(fc.integer({ min: 0, max: 99 })).map(numbers => numbers.toSorted((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(log, { maxLength: 5 }), async logs => {
        const sources = logs.map((numbers, source) =>
          numbers.map((number, index) => ({ order: String(number).padStart(3, '0'), source, index })),
        );
        const all = [];
        for await (const line of mergeLines(sources.map(from))) all.push(line);
        expect(all).toHaveLength(sources.flat().length);
        expect(all.map(line => line.order)).toEqual(all.map(line => line.order).toSorted());
        for (const source of sources)
          expect(all.filter(line => line.source === source[0]?.source)).toEqual(source);
      }),
    );
  });
  it('asks a log for its next line only when the one before is out', async () => {
    const asked: string[] = [];
    async function* slow(name: string): AsyncGenerator<TimedLine> {
      for (const second of [1, 2, 3]) {
        asked.push(`${name}${second}`);
        yield timedLine(`2025-01-01T00:00:0${second}Z ${name}`);
      }
    }
    const lines = mergeLines([slow('a'), slow('b')]);
    await lines.next();
    expect(asked).toEqual(['a1', 'b1']);
  });
});
