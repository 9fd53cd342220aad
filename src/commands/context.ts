/** What a verb gets: the component, what was typed, and the world. */

import type { ComponentEntry } from '../components/load.ts';
import type { SettingTable } from '../core/schema.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from './flags.ts';

export type Context = {
  readonly io: Io;
  readonly entry: ComponentEntry;
  /** As typed, for hints; absent where no verb was typed. */
  readonly verb?: string;
  readonly table: SettingTable;
  readonly options: RunOptions;
  /** Settings as typed behind their flags: text, true or false, or a list of texts; only what was typed. */
  readonly typed: Readonly<Record<string, unknown>>;
  /** Words behind the verb. */
  readonly words: readonly string[];
};

/** A verb returns its exit code. */
export type Command = (context: Context) => Promise<number>;

/** Nobody is there who could answer, or nobody wants to be asked. */
export const asksNobody = ({ io, options }: Pick<Context, 'io' | 'options'>): boolean =>
  !io.canPrompt || options.nonInteractive === true || options.yes === true || options.output === 'json';

/** `./cli nvidia-platform dynamo-vllm VERB`, for hints. */
export const commandLine = (entry: ComponentEntry, verb: string): string =>
  `./cli ${entry.category} ${entry.name} ${verb}`;
