/** Server-sent events out of text that arrives in pieces. */

export type SseReader = {
  /** The data of the events that are whole now; comments and fields other than data are passed over. */
  readonly add: (text: string) => string[];
};

const dataOf = (block: string): string | null => {
  const lines = block.split('\n').filter(line => line.startsWith('data:'));
  return lines.length === 0 ? null : lines.map(line => line.slice(5).replace(/^ /, '')).join('\n');
};

export const createSse = (): SseReader => {
  let rest = '';
  let held = '';
  return {
    add: text => {
      const found: string[] = [];
      const all = held + text;
      // A carriage return at the end may be half of a line end: the next piece tells.
      held = all.endsWith('\r') ? '\r' : '';
      rest += all.slice(0, all.length - held.length).replace(/\r\n?/g, '\n');
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const data = dataOf(rest.slice(0, end));
        if (data !== null) found.push(data);
        rest = rest.slice(end + 2);
      }
      return found;
    },
  };
};
