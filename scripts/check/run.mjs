// Runs the checks besides the tests, one after the other, and says how each went.

import { steps } from './steps.mjs';

export const say = line => process.stdout.write(`${line}\n`);

const seconds = began => `${((Date.now() - began) / 1000).toFixed(1)} s`;

/**
 * Runs every step on a checkout and says at once how it went.
 * @param {string} checkout the folder
 * @returns {Promise<{ failed: string[], notes: string[] }>} the steps that failed, by name, and what else is to be known
 */
export const runSteps = async checkout => {
  const failed = [];
  const told = [];
  for (const { name, run } of steps) {
    const began = Date.now();
    const { wrong, notes = [] } = await run(checkout);
    say(`${wrong.length === 0 ? 'ok  ' : 'FAIL'}  ${name}, ${seconds(began)}`);
    for (const text of [...notes, ...wrong]) say(text.replace(/^/gm, '      '));
    if (wrong.length > 0) failed.push(name);
    told.push(...notes);
  }
  return { failed, notes: told };
};
