/** What differs from run to run and from machine to machine, as letters of the same width where width matters. */

export const normal = (text: string): string =>
  text
    // Said only where the machine is slow.
    .replace(/^(Looking at the cluster| *Trying it out, which changes nothing) \.\.\.\n/gm, '')
    .replace(/^ {2}still there: .*\n/gm, '')
    .replace(/\d\d:\d\d(?!\d)/g, 'MM:SS')
    .replace(/in \d[\d.]* m?s\b/g, 'in N ms')
    .replace(/after \d[\d.]* m?s\b/g, 'after N ms')
    .replace(/, [\d.]+ tokens\/s/g, '')
    .replace(/ \(\d[\d.]* m?s\)$/gm, '')
    .replace(/\d+ KV events?, \d+ tokens/g, 'N KV events, N tokens')
    .replace(/^( {2}")[a-z][\s\S]*?"$/gm, '$1..."')
    .replace(/-[0-9a-f]{8}\b/g, '-HASH1234')
    .replace(/127\.0\.0\.1:\d{4,5}(?!\d)(?=[^/])/g, '127.0.0.1:PORT');

/** Lines to be copied as they are; no other may be wider than the terminal. */
export const isToCopy = (line: string): boolean => /^\s+(\.\/cli |kubectl |-d '|api_base: )/.test(line);
