// Bundles src/ into dist/: one CommonJS file for the entry and one for each dynamic import, so that a run loads what it needs.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lightClient } from './build/light-client.mjs';
import { train } from './build/train.mjs';
import { generate } from './generate.mjs';
import { dateStamp, fingerprint } from './stamp.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** `src/commands/render.ts` → `commands-render`. */
const bundleName = file => relative(join(root, 'src'), file).replace(/\.ts$/, '').replaceAll(/[\\/]/g, '-');

/** Packages that several bundles use and that are large: each gets a bundle of its own, read once a run. */
const shared = ['yaml'];
const isShared = new RegExp(`^(?:${shared.join('|')})$`);

/** @typedef {{ name: string, entry: string }} Bundle `entry` is a file, or the name of a package */

/** Remembers a bundle to make, and says where it will be. */
const apartIn = found => (name, entry) => {
  found.set(name, { name, entry });
  return { path: `./${name}.cjs`, external: true };
};

/** Leaves dynamic imports and shared packages out of a bundle and remembers them as bundles to make. */
const splitIntoBundles = apart => ({
  name: 'split-into-bundles',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = resolve(resolveDir, path);
      return apart(bundleName(file), file);
    });
    onResolve({ filter: isShared }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : apart(`package-${path}`, path),
    );
  },
});

/**
 * commander asks for node:child_process when it is loaded, for programs with subcommands that are files. Ours has none, and that
 * module brings half of node:net along: it is loaded when somebody uses it.
 */
const lateChildProcess = {
  name: 'late-child-process',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `exports.spawn = (...args) => require(${JSON.stringify(path)}).spawn(...args);`,
    }));
  },
};

/** A bundle is read as ASCII. esbuild escapes what is not, but for regular expressions. */
const insistOnAscii = (name, text) => {
  const other = /[^\0-\x7f]/.exec(text);
  if (other === null) return;
  const code = other[0].charCodeAt(0).toString(16).padStart(4, '0');
  const around = text.slice(Math.max(0, other.index - 30), other.index + 30);
  throw new Error(`The bundle ${name} has the character \\u${code}, write it as that: ${around}`);
};

const bundle = async ({ name, entry }, outdir, found) => {
  const { outputFiles } = await build({
    entryPoints: [{ in: entry, out: name }],
    absWorkingDir: root,
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
    write: false,
    // Wrapped here: a start that wraps what it has read holds a large bundle twice.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    // As require: Node would send an import through its ES module loader, which reads each bundle once more for its exports.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
    plugins: [splitIntoBundles(apartIn(found)), lateChildProcess, lightClient(apartIn(found))],
  });
  for (const { path, text, contents } of outputFiles) {
    insistOnAscii(name, text);
    writeFileSync(path, contents);
  }
};

const bundleAll = async outdir => {
  const found = new Map([['main', { name: 'main', entry: join(root, 'src', 'main.ts') }]]);
  // A map grows while it is walked: bundles found on the way are made too.
  for (const one of found.values()) await bundle(one, outdir, found);
};

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
  mkdirSync(beside, { recursive: true });
  // Dated before the files are read: what changes while this runs is newer than the stamp.
  const began = Date.now();
  const stamp = fingerprint(root);
  generate(root);
  try {
    await bundleAll(beside);
    copyFileSync(join(root, 'scripts', 'build', 'start.cjs'), join(beside, 'cli.cjs'));
    swap(beside, dist);
    // In its place, because the compiled code keeps the bundles' paths. The stamp comes last: it says that all is there.
    await train(dist);
    writeFileSync(join(dist, 'stamp'), `${stamp}\n`);
    dateStamp(join(dist, 'stamp'), began);
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
