// What can go wrong while setting up, as a sentence, what to do, and an exit code.

/** Nothing is wrong with the project's files: what it stands on is missing. */
export const environment = 69;

export class SetupError extends Error {
  /**
   * @param {string} message one sentence: what is wrong
   * @param {{ hint?: string, lines?: readonly string[], code?: number }} more `hint` is what to do, `lines` what a tool said
   */
  constructor(message, { hint = '', lines = [], code = environment } = {}) {
    super(message);
    this.hint = hint;
    this.lines = lines;
    this.code = code;
  }
}

/** @param {SetupError} error */
export const failureText = ({ message, hint, lines, code }) =>
  [
    `${code > 128 ? '' : 'error: '}${message}`,
    ...lines.map(line => `  | ${line}`),
    ...(hint === '' ? [] : [`  ${hint}`]),
  ].join('\n');

/** @param {number} code of a signal, such as 2 for SIGINT */
export const interrupted = code =>
  new SetupError('Interrupted while setting up; the next start takes it up again.', { code: 128 + code });

const folderCodes = {
  EROFS: 'it is on a read-only file system',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is not a folder',
};

/** The error of node:fs as a failure of the checkout's folder; other errors come back as they are. */
export const folderFailure = (root, error) => {
  const cause = folderCodes[error.code];
  if (cause === undefined) return error;
  return new SetupError(`The folder ${root} cannot be written: ${cause}.`, {
    hint: 'The first use installs and builds there. Copy the checkout to a folder that you can write, or let its owner run ./cli once.',
  });
};
