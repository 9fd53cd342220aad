/** Server-sent events out of the pieces of a streamed answer, each with the time at which it was whole. */

export type StreamEvent = {
  /** Milliseconds since the request was sent. */
  readonly ms: number;
  readonly data: string;
};

type Piece = { readonly ms: number; readonly text: string };

const dataOf = (block: string): string | null => {
  const lines = block.split('\n').filter(line => line.startsWith('data:'));
  return lines.length === 0 ? null : lines.map(line => line.slice(5).replace(/^ /, '')).join('\n');
};

/** Events in order; comments and fields other than data are passed over, and so is an event that never ends. */
export const eventsOf = (pieces: readonly Piece[]): StreamEvent[] => {
  const events: StreamEvent[] = [];
  let rest = '';
  let held = '';
  for (const { ms, text } of pieces) {
    const all = held + text;
    // A carriage return at the end may be half of a line end: the next piece tells.
    held = all.endsWith('\r') ? '\r' : '';
    rest += all.slice(0, all.length - held.length).replace(/\r\n?/g, '\n');
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const data = dataOf(rest.slice(0, end));
      if (data !== null) events.push({ ms, data });
      rest = rest.slice(end + 2);
    }
  }
  return events;
};
