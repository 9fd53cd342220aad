/** The block that is redrawn in place, as a terminal shows it. */

import { expect, it } from 'vitest';
import { openCanvas } from '../../../src/output/live.ts';
import { openScreen } from '../../kit/screen.ts';

const open = () => {
  const screen = openScreen();
  screen.stream.write('before\n');
  return { screen, canvas: openCanvas(screen.stream) };
};

it('replaces its lines, and writes only those that changed', async () => {
  const { screen, canvas } = open();
  canvas.draw(['one', 'two', 'three']);
  canvas.draw(['one', 'TWO', 'three']);
  expect(await screen.lines()).toEqual(['before', 'one', 'TWO', 'three']);
  expect(screen.writes.at(-1)).not.toContain('one');
  const count = screen.writes.length;
  canvas.draw(['one', 'TWO', 'three']);
  expect(screen.writes.length).toBe(count);
});

it.each([[['a', 'b', 'c', 'd']], [['a', 'd']], [['d']], [['x', 'y', 'b', 'c', 'z', 'd']]])(
  'becomes %j from any other height, in one write',
  async next => {
    for (const first of [['a', 'b', 'd'], ['d'], ['a', 'b', 'c', 'e', 'd'], ['a', 'b', 'c', 'z']]) {
      const { screen, canvas } = open();
      canvas.draw(first);
      const count = screen.writes.length;
      canvas.draw(next);
      expect(await screen.lines()).toEqual(['before', ...next]);
      expect(screen.writes.length).toBeLessThanOrEqual(count + 1);
    }
  },
);

it('lets lines pass above it, once', async () => {
  const { screen, canvas } = open();
  canvas.above(['early']);
  canvas.draw(['table', 'end']);
  canvas.above(['note 1', 'note 2']);
  canvas.draw(['TABLE', 'end']);
  expect(await screen.lines()).toEqual(['before', 'early', 'note 1', 'note 2', 'TABLE', 'end']);
});

it('stays on the screen when it ends, also below an echoed ^C', async () => {
  const { screen, canvas } = open();
  canvas.draw(['table', 'end']);
  screen.echo('^C');
  canvas.end();
  screen.stream.write('after\n');
  expect(await screen.lines()).toEqual(['before', 'table', 'end', 'after']);
});

it('never hides the cursor, which a killed program could not bring back', async () => {
  const { screen, canvas } = open();
  canvas.draw(['table']);
  canvas.end();
  expect(screen.writes.join('')).not.toContain('\u001b[?25l');
});

it('leaves nothing behind when it never had a line', async () => {
  const { screen, canvas } = open();
  canvas.draw([]);
  canvas.end();
  expect(await screen.lines()).toEqual(['before']);
});

it('stands there once when the window becomes narrower, and its lines flow', async () => {
  const { screen, canvas } = open();
  canvas.draw(['x'.repeat(70), `\u001b[32m${'y'.repeat(70)}\u001b[39m`, 'end']);
  await screen.resize(40);
  canvas.draw(['x'.repeat(30), 'y', 'end']);
  expect(await screen.lines()).toEqual(['before', 'x'.repeat(30), 'y', 'end']);
});
