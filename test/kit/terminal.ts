/** A real pseudo-terminal with a screen: keys in, what a person sees out. */

import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';

export type TerminalOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Longest wait for something that must come, in milliseconds; only a failing test waits so long. */
  readonly patienceMs?: number;
};

export type Screen = {
  /** Lines of the screen and of what scrolled away, without blanks at the ends. */
  readonly lines: () => string[];
  readonly text: () => string;
  /** Lines that were wider than the terminal, whole, which it had to break. */
  readonly broken: () => string[];
  /** Everything the program wrote, escapes included. */
  readonly raw: () => string;
  readonly press: (keys: string) => void;
  /** As when the window is made wider or narrower; what is on the screen flows into the new width. */
  readonly resize: (columns: number) => void;
  /** Waits until the screen shows something; says what it showed when it never comes. */
  readonly until: (pattern: RegExp) => Promise<void>;
  /** Waits for the end; the exit code, 128 and the signal's number when a signal ended it. */
  readonly ended: () => Promise<number>;
  readonly kill: (signal: string) => void;
};

export const keys = {
  enter: '\r',
  down: '\u001b[B',
  up: '\u001b[A',
  interrupt: '\u0003',
  escape: '\u001b',
  backspace: '\u007f',
} as const;

export const openTerminal = (file: string, args: readonly string[], options: TerminalOptions): Screen => {
  const { cwd, env = {}, columns = 80, rows = 50, patienceMs = 20_000 } = options;
  const screen = new Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NO_COLOR|FORCE_COLOR|CI|VITEST|NODE_OPTIONS|DYNAMO_|KUBECONFIG)/.test(name),
    ),
  );
  const child = spawn(file, [...args], {
    cols: columns,
    rows,
    cwd,
    env: { ...inherited, TERM: 'xterm-256color', ...env } as Record<string, string>,
    name: env.TERM ?? 'xterm-256color',
  });
  let raw = '';
  let code: number | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const one of waiting) one();
  };
  child.onData(data => {
    raw += data;
    screen.write(data, wake);
  });
  child.onExit(({ exitCode, signal }) => {
    // What was written last is still on its way to the screen: the end is told behind it.
    screen.write('', () => {
      code = signal ? 128 + signal : exitCode;
      wake();
    });
  });
  const lines = (): string[] => {
    const { active } = screen.buffer;
    const all = Array.from(
      { length: active.length },
      (_, at) => active.getLine(at)?.translateToString(true) ?? '',
    );
    return all.slice(0, all.findLastIndex(line => line !== '') + 1);
  };
  const text = (): string => lines().join('\n');
  const broken = (): string[] => {
    const { active } = screen.buffer;
    const whole: string[][] = [];
    for (let at = 0; at < active.length; at += 1) {
      const line = active.getLine(at);
      const part = line?.translateToString(true) ?? '';
      if (line?.isWrapped === true) whole.at(-1)?.push(part);
      else whole.push([part]);
    }
    return whole.filter(parts => parts.length > 1).map(parts => parts.join(''));
  };
  const wait = <T>(done: () => T | undefined, what: () => string): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${what()}\n--- the screen:\n${text()}`))),
        patienceMs,
      );
      const finish = (then: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        then();
      };
      const look = (): void => {
        const value = done();
        if (value !== undefined) finish(() => resolve(value));
      };
      waiting.add(look);
      look();
    });
  return {
    lines,
    text,
    broken,
    raw: () => raw,
    press: typed => child.write(typed),
    resize: width => {
      screen.resize(width, rows);
      child.resize(width, rows);
    },
    until: async pattern => {
      await wait(
        () => (pattern.test(text()) ? true : undefined),
        () => `The screen never showed ${pattern}.`,
      );
    },
    ended: () =>
      wait(
        () => code,
        () => 'The program did not end.',
      ),
    kill: signal => child.kill(signal),
  };
};
