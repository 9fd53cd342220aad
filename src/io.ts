/** Everything a run needs of the process, as values: streams, environment, folders, signal. */

import type { Readable, Writable } from 'node:stream';

export type Io = {
  readonly stdin: Readable;
  /** Data. */
  readonly stdout: Writable;
  /** Talk: prompts, progress, findings. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Folder of `cli`, `config.json` and `templates`. */
  readonly root: string;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether somebody can be asked: input and talk are both a terminal. */
  readonly canPrompt: boolean;
  /** Whether talk may be coloured, and data. */
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal; 80 when there is none, or it does not tell. */
  readonly columns: number;
  readonly version: string;
  /** Flags that sent the run to its cluster, for commands that are shown; absent when none did. */
  readonly reach?: readonly string[];
  /** From now on the run goes on to its end though nobody reads what it prints; absent where no process runs, as in tests. */
  readonly seeThrough?: () => void;
  /** This process as others can see it; absent where no process runs, as in tests. */
  readonly self?: {
    readonly pid: number;
    /** Whether a process of this machine runs. */
    readonly isAlive: (pid: number) => boolean;
  };
};
