/** Server-sent events out of the pieces of a streamed answer, each with the time at which it was whole. */

import { createSse } from '../../../../core/sse.ts';

export type StreamEvent = {
  /** Milliseconds since the request was sent. */
  readonly ms: number;
  readonly data: string;
};

type Piece = { readonly ms: number; readonly text: string };

/** Events in order; an event that never ends is none. */
export const eventsOf = (pieces: readonly Piece[]): StreamEvent[] => {
  const reader = createSse();
  return pieces.flatMap(({ ms, text }) => reader.add(text).map(data => ({ ms, data })));
};
