// No file of code is longer than a person reads in one go.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const longest = 400;
const folders = ['src', 'test', 'scripts', 'templates'];
const code = /\.(ts|mjs|py|hbs)$/;
const elsewhere = /(^|\/)(generated|node_modules)\//;

const linesIn = text => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const filesIn = (root, folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map(name => `${folder}/${name}`.replaceAll('\\', '/'))
    .filter(file => code.test(file) && !elsewhere.test(file));

/** @returns {string[]} a sentence for each file that is too long */
export const longFiles = root =>
  folders
    .flatMap(folder => filesIn(root, folder))
    .map(file => ({ file, lines: linesIn(readFileSync(join(root, file), 'utf8')) }))
    .filter(({ lines }) => lines > longest)
    .map(({ file, lines }) => `${file} has ${lines} lines; no file has more than ${longest}.`);
