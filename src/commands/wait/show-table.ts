/** The wait as a table that is redrawn in place, on a terminal that can. */

import type { Outlook } from '../../core/sight.ts';
import type { Io } from '../../io.ts';
import { findingLines } from '../../output/findings.ts';
import { type Paint, paintFor } from '../../output/paint.ts';
import { type WaitTimes, waitScreen } from '../../output/stages.ts';
import type { Show } from './result.ts';

/** Between two redraws, in milliseconds: more often nobody can read. */
const redrawEvery = 250;

/** Times tick, in milliseconds. */
const tick = 1_000;

/** A window may be made wider or narrower while the table is shown. */
const columnsOf = ({ stderr, columns }: Io): number =>
  'columns' in stderr && typeof stderr.columns === 'number' ? stderr.columns : columns;

type State = { outlook: Outlook; times: WaitTimes } | null;

const linesOf = (state: State, paint: Paint, columns: number): string[] =>
  state === null ? [] : waitScreen(state.outlook, { ...state.times, now: Date.now() }, paint, columns);

export const showTable = async (io: Io): Promise<Show> => {
  const { openCanvas } = await import('../../output/live.ts');
  const canvas = openCanvas(io.stderr);
  const paint = paintFor(io.color.stderr);
  let state: State = null;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  const draw = (): void => {
    drawnAt = Date.now();
    canvas.draw(linesOf(state, paint, columnsOf(io)));
    plan(tick);
  };
  const plan = (milliseconds: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(draw, milliseconds);
    timer.unref();
  };
  return {
    look: (outlook, times) => {
      state = { outlook, times };
      const wait = drawnAt + redrawEvery - Date.now();
      if (wait <= 0) draw();
      else plan(wait);
    },
    notice: finding => canvas.above([...findingLines([finding], paint, columnsOf(io)), '']),
    say: line => canvas.above([line]),
    end: () => {
      if (timer !== null) clearTimeout(timer);
      canvas.draw(linesOf(state, paint, columnsOf(io)));
      canvas.end();
    },
  };
};
