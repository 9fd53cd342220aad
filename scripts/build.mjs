// Bundles src/ into dist/: one CommonJS file for the entry and one for each dynamic import, so that a run loads what it needs.

import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';
import { fingerprint } from './stamp.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** `src/commands/render.ts` → `commands-render`. */
const bundleName = file => relative(join(root, 'src'), file).replace(/\.ts$/, '').replaceAll(/[\\/]/g, '-');

/** Leaves dynamic imports out of a bundle and remembers them as bundles to make. */
const splitAtDynamicImports = found => ({
  name: 'split-at-dynamic-imports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.?\// }, args => {
      if (args.kind !== 'dynamic-import') return undefined;
      const file = resolve(args.resolveDir, args.path);
      found.add(file);
      return { path: `./${bundleName(file)}.cjs`, external: true };
    });
  },
});

const bundle = async (file, outdir, found) => {
  await build({
    entryPoints: [{ in: file, out: bundleName(file) }],
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Some packages' main is a loader that no bundler can follow; their ES modules are plain.
    mainFields: ['module', 'main'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    minifySyntax: true,
    minifyWhitespace: true,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
    plugins: [splitAtDynamicImports(found)],
  });
};

const bundleAll = async outdir => {
  const found = new Set([join(root, 'src', 'main.ts')]);
  // A set grows while it is walked: bundles found on the way are made too.
  for (const file of found) await bundle(file, outdir, found);
};

/** Written so that even a Node that is far too old reads it and says so. */
const boot = `var have = process.versions.node.split('.').map(Number);
if (have[0] < 20 || (have[0] === 20 && have[1] < 19)) {
  process.stderr.write('error: Node.js ' + process.versions.node + ' is too old; 20.19 or newer is needed.\\n');
  process.exit(69);
}
require('./main.cjs');
`;

/** A folder is put in place whole: a run that starts meanwhile sees the old one or the new one. */
const swap = (from, to) => {
  const old = `${from}-old`;
  if (existsSync(to)) renameSync(to, old);
  try {
    renameSync(from, to);
  } catch (error) {
    // Another build was faster; its folder makes way like any other.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    renameSync(to, `${old}-too`);
    renameSync(from, to);
  }
  for (const folder of [old, `${old}-too`]) rmSync(folder, { recursive: true, force: true });
};

const main = async () => {
  const dist = join(root, 'dist');
  const beside = join(root, `.dist-${process.pid}`);
  mkdirSync(join(root, 'src', 'generated'), { recursive: true });
  // Dated before the files are read: what changes while this runs is newer than the stamp.
  const began = new Date();
  const stamp = fingerprint(root);
  generate(root);
  try {
    await bundleAll(beside);
    writeFileSync(join(beside, 'cli.cjs'), boot);
    writeFileSync(join(beside, 'stamp'), `${stamp}\n`);
    utimesSync(join(beside, 'stamp'), began, began);
    swap(beside, dist);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
};

/** Codes that speak of the folder, not of what is in the files. */
const folderCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);

main().catch(error => {
  const first = error.errors?.[0];
  const place =
    first?.location === undefined || first?.location === null
      ? ''
      : `${first.location.file}:${first.location.line}: `;
  process.stderr.write(`error: The build failed: ${place}${first?.text ?? error.message}\n`);
  process.exitCode = folderCodes.has(error.code) ? 69 : 65;
});
