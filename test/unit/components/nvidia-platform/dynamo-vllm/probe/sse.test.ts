import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsOf } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/sse.ts';

const dataOf = (pieces: readonly string[]): string[] =>
  eventsOf(pieces.map((text, at) => ({ ms: at, text }))).map(({ data }) => data);

/** The text cut at these places. */
const cutAt = (text: string, places: readonly number[]): string[] => {
  const at = [0, ...places.map(place => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return at.slice(1).map((end, i) => text.slice(at[i], end));
};

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const payload = fc.string({ unit: 'grapheme', maxLength: 30 }).map(text => text.replace(/[\r\n]/g, ' '));

test('events are the same wherever the stream is cut, with every kind of line end', () => {
  const event = fc.array(payload, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 6 }),
      lineEnd,
      fc.array(fc.nat(), { maxLength: 12 }),
      (events, end, places) => {
        const text = events.map(lines => lines.map(line => `data: ${line}${end}`).join('') + end).join('');
        // A single carriage return at the very end may still be half of a line end.
        const pieces = [...cutAt(text, places), end === '\r' ? ': bye' : ''];
        expect(dataOf(pieces)).toEqual(events.map(lines => lines.join('\n')));
      },
    ),
    { numRuns: 500 },
  );
});

test('comments and other fields are passed over, several data lines are one text', () => {
  expect(
    dataOf([': ping\n\n', 'event: x\ndata: a\ndata:b\n\n', 'id: 4\n\n', 'data: [DONE]\n\ndata: cut']),
  ).toEqual(['a\nb', '[DONE]']);
});

test('an event has the time of the piece that ended it', () => {
  const events = eventsOf([
    { ms: 10, text: 'data: a' },
    { ms: 20, text: '\n\ndata: b\n\n' },
    { ms: 30, text: 'data: c\n\n' },
  ]);
  expect(events.map(({ ms }) => ms)).toEqual([20, 20, 30]);
});
