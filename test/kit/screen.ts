/** A terminal in this process: what is written to its stream, and the screen a person would see. */

import { Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';

export type OwnScreen = {
  /** To be written to as to the stderr of a program at a terminal. */
  readonly stream: Writable;
  /** Lines of the screen and of what scrolled away, without blanks at the ends. */
  readonly lines: () => Promise<string[]>;
  /** What was written, one entry for each write that reached the terminal. */
  readonly writes: readonly string[];
  /** What the terminal itself shows, such as the ^C of a key. */
  readonly echo: (text: string) => void;
  /** As when the window is made narrower or wider: what stands there flows into the new width. */
  readonly resize: (columns: number) => Promise<void>;
};

/** A write is a chunk, or what was corked together, as a real terminal's stream hands it on. */
const streamTo = (take: (text: string) => void, columns: number, rows: number): Writable =>
  Object.assign(
    new Writable({
      decodeStrings: false,
      write: (chunk: unknown, _encoding, done) => {
        take(String(chunk));
        done();
      },
      writev: (chunks, done) => {
        take(chunks.map(({ chunk }) => String(chunk)).join(''));
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );

export const openScreen = (columns = 80, rows = 24): OwnScreen => {
  const terminal = new Terminal({
    cols: columns,
    rows,
    scrollback: 1_000,
    convertEol: true,
    allowProposedApi: true,
  });
  const writes: string[] = [];
  // Handed on when somebody looks, because the terminal uses timers, which a test may have stopped.
  const waiting: string[] = [];
  const take = (text: string): void => {
    writes.push(text);
    waiting.push(text);
  };
  const stream = streamTo(take, columns, rows);
  const shown = (): Promise<void> =>
    new Promise(resolve => terminal.write(waiting.splice(0).join(''), resolve));
  return {
    stream,
    writes,
    resize: async width => {
      await shown();
      terminal.resize(width, rows);
      Object.assign(stream, { columns: width });
    },
    echo: text => void waiting.push(text),
    lines: async () => {
      await shown();
      const { active } = terminal.buffer;
      const all = Array.from(
        { length: active.length },
        (_, at) => active.getLine(at)?.translateToString(true) ?? '',
      );
      return all.slice(0, all.findLastIndex(line => line !== '') + 1);
    },
  };
};
