/** Chooses how a wait is shown. */

import { sentTo } from '../../core/reach.ts';
import type { Io } from '../../io.ts';
import type { Show } from './result.ts';
import { type Emit, showEvents } from './show-events.ts';
import { showLines } from './show-lines.ts';

const said = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

/** How many columns there are; some terminals were never told. */
const tellsWidth = (stream: Io['stderr']): boolean => !('columns' in stream) || stream.columns !== 0;

/** Talk goes to a terminal that can redraw, and nobody asked for output that can be read aloud (ACCESSIBLE). */
export const canRedraw = ({ stderr, env }: Io): boolean =>
  'isTTY' in stderr &&
  stderr.isTTY === true &&
  tellsWidth(stderr) &&
  env.TERM !== 'dumb' &&
  !said(env.ACCESSIBLE) &&
  !said(env.CI);

const showNothing: Show = { look: () => {}, notice: () => {}, say: () => {}, end: () => {} };

const chooseShow = async (io: Io, emit: Emit | null, quiet: boolean): Promise<Show> => {
  if (emit !== null) return showEvents(emit);
  if (quiet) return showNothing;
  if (!canRedraw(io)) return showLines(io);
  const { showTable } = await import('./show-table.ts');
  return showTable(io);
};

/** Events where `emit` is given, nothing for those who want no talk, a live table where the terminal can, lines everywhere else. */
export const openShow = async (io: Io, emit: Emit | null, quiet = false): Promise<Show> => {
  const show = await chooseShow(io, emit, quiet);
  return {
    ...show,
    notice: finding => {
      for (const sent of sentTo([finding], io.reach)) show.notice(sent);
    },
  };
};
