// The fingerprint of everything a build is made from.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join, sep } from 'node:path';

/** What goes into dist/. */
export const inputs = ['src', 'templates', 'scripts', 'package.json', 'package-lock.json'];

const filesOf = path =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath ?? entry.path, entry.name))
        .filter(file => !file.includes(`${sep}generated${sep}`) && !file.includes('__pycache__'))
        .sort()
    : [path];

/** @param {string} root the checkout @returns {string} 64 hex digits */
export const fingerprint = root => {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(join(root, input)))
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
};

/**
 * Dates a stamp so that whatever changes from `began` on is newer, for shells too that look at whole seconds only.
 * @param {string} file @param {number} began in milliseconds, before the first input was read
 */
export const dateStamp = (file, began) => {
  const seconds = Math.floor(began / 1000) - 1;
  utimesSync(file, seconds, seconds);
};
