import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from '../../../src/cluster/lines.ts';
import { warningTexts } from '../../../src/cluster/request.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const linesOf = async (text: string, size: number): Promise<string[]> => {
  const lines: string[] = [];
  for await (const line of splitLines(pieces(Buffer.from(text), size))) lines.push(line);
  return lines;
};

test('lines are the same however the bytes arrive', async () => {
  const line = fc.string({ unit: 'binary' }).map(text => text.replaceAll(/[\r\n]/g, ''));
  const arrival = fc.tuple(fc.array(line, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }));
  await fc.assert(
    fc.asyncProperty(arrival, async ([lines, size]) => {
      const text = lines.map(one => `${one}\n`).join('');
      expect(await linesOf(text, size)).toEqual(lines);
    }),
  );
});

test('the last line may lack its break', async () => {
  expect(await linesOf('one\ntwo', 2)).toEqual(['one', 'two']);
});

test('each state of a progress bar is a line; a break of two characters is one break', async () => {
  for (const size of [1, 2, 3, 100])
    expect(await linesOf('\r10%\r20%\r\ndone\r\n', size)).toEqual(['', '10%', '20%', 'done']);
});

test('texts of warnings', () => {
  expect(warningTexts(undefined)).toEqual([]);
  expect(warningTexts('299 - "unknown field \\"spec.dta\\"", 299 - "second, with a comma"')).toEqual([
    'unknown field "spec.dta"',
    'second, with a comma',
  ]);
});
