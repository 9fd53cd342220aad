/** Takes away what a text of others could do to a terminal: escapes, overwritten beginnings of lines, control characters. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b./g;

const withoutEscapes = (text: string): string => text.replace(escapes, '').replace(/\t/g, '  ');

/** One line as a terminal would show it in the end: what a carriage return overwrote is gone. */
export const plainLine = (line: string): string =>
  withoutEscapes(line.replace(/\r+$/, '').split('\r').at(-1) ?? '').replace(/\p{Cc}/gu, '');

/** Text of several lines, whose breaks are kept. */
export const plainText = (text: string): string =>
  withoutEscapes(text.replace(/\r\n?/g, '\n')).replace(/[^\P{Cc}\n]/gu, '');
