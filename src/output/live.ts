/** A block of lines at the end of a terminal that is redrawn in place: the only importer of log-update. */

import { createLogUpdate } from 'log-update';
import type { Io } from '../io.ts';

export type Canvas = {
  /** Replaces the block; only lines that differ are written. */
  readonly draw: (lines: readonly string[]) => void;
  /** Writes lines above the block, once; they scroll away like any others. */
  readonly above: (lines: readonly string[]) => void;
  /** Leaves the block as it is on the screen. Nothing may be drawn after it. */
  readonly end: () => void;
};

const columnsOf = (stream: Io['stderr']): number =>
  'columns' in stream && typeof stream.columns === 'number' ? stream.columns : Number.POSITIVE_INFINITY;

/** Colours take no room. */
const plain = (line: string): string =>
  line
    .split('\u001b')
    .map((part, at) => (at === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
    .join('');

/** Beyond the first. */
const extraRows = (line: string, columns: number): number =>
  Math.max(0, Math.ceil(plain(line).length / columns) - 1);

/** The terminal is asked for its width at every draw, so that a changed window is followed. */
export const openCanvas = (stream: Io['stderr']): Canvas => {
  // The cursor stays visible: a program killed at once could not bring it back.
  const update = createLogUpdate(stream, { showCursor: true });
  let shown: readonly string[] = [];
  let shownFor = columnsOf(stream);
  /** Rows that were added to the block by a window that has become narrower since: what is on the screen flows into its width. */
  const addedRows = (): number => {
    const columns = columnsOf(stream);
    return columns < shownFor ? shown.reduce((sum, line) => sum + extraRows(line, columns), 0) : 0;
  };
  /** log-update knows only of the rows that it wrote. */
  const clear = (): void => {
    const added = addedRows();
    if (added > 0) stream.write(`\u001b[${added}A\u001b[J`);
    update.clear();
  };
  const render = (lines: readonly string[]): void => {
    if (lines.length > 0) update(lines.join('\n'));
    shown = lines;
    shownFor = columnsOf(stream);
  };
  /** One write for all of it: a terminal never shows the moment in between. */
  const atOnce = (work: () => void): void => {
    stream.cork();
    work();
    stream.uncork();
  };
  const again = (lines: readonly string[], between: readonly string[]): void =>
    atOnce(() => {
      if (shown.length > 0) clear();
      for (const line of between) stream.write(`${line}\n`);
      render(lines);
    });
  return {
    // log-update's patches assume that a block keeps its height.
    draw: lines => (lines.length === shown.length && addedRows() === 0 ? render(lines) : again(lines, [])),
    above: lines => again(shown, lines),
    // Drawn anew, because an echoed ^C may stand below it.
    end: () => {
      again(shown, []);
      update.done();
    },
  };
};
