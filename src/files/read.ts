/** Reads a text file; a failure becomes one sentence that names the cause. */

import { readFileSync } from 'node:fs';

export type FileText = { readonly text: string } | { readonly missing: true } | { readonly problem: string };

const causes: Readonly<Record<string, string>> = {
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
  ENOTDIR: 'lies below something that is no folder',
  ENAMETOOLONG: 'has too long a name',
};

/** Errors of the file system in plain words, such as `may not be read`. */
export const causeOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return causes[code] ?? `cannot be used (${code === '' ? String(error) : code})`;
};

export const readText = (path: string): FileText => {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { missing: true };
    return { problem: `${path} ${causeOf(error)}.` };
  }
};
