import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/core/duration.ts';

test.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['1h30m', 5400],
  ['0.5h', 1800],
  ['500ms', 0.5],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['', '0', '0s', '-5', 'soon', '5 m', '5d', '1m2'])('"%s" is no length of time', text => {
  expect(parseDuration(text)).toBeUndefined();
});
