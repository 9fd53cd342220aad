// Writes the reference pages below docs/ and the tables in the README.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
generate(root);
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'docs-'));
try {
  const outfile = join(folder, 'reference.mjs');
  await build({
    entryPoints: [join(root, 'scripts', 'docs', 'reference.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const { referencePages, withFlags, withScreens } = await import(pathToFileURL(outfile).href);
  // Pages of codes that are gone go too.
  rmSync(join(root, 'docs', 'findings'), { recursive: true, force: true });
  mkdirSync(join(root, 'docs', 'findings'));
  for (const [file, text] of Object.entries(referencePages)) writeFileSync(join(root, 'docs', file), text);
  const readme = join(root, 'README.md');
  const screenOf = name => readFileSync(join(root, 'test', 'terminal', 'screens', `${name}.txt`), 'utf8');
  writeFileSync(readme, withScreens(withFlags(readFileSync(readme, 'utf8')), screenOf));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
