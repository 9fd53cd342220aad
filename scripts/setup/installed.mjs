// Whether node_modules holds what package-lock.json asks for.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packagesIn = file => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
};

/**
 * The packages that a run (or, with `all`, a test) needs here. Optional ones are for some platforms only and do not count.
 * @returns {[path: string, version: string][]} the path below the checkout, such as `node_modules/yaml`
 */
export const wantedPackages = (root, all) =>
  Object.entries(packagesIn(join(root, 'package-lock.json')) ?? {})
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional && (all || !entry.dev))
    .map(([path, entry]) => [path, entry.version]);

/** npm writes its own list at the end of an installation, so a broken-off one has none. */
export const isInstalled = (root, all) => {
  const have = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (have === undefined) return false;
  return wantedPackages(root, all).every(
    ([path, version]) => have[path]?.version === version && existsSync(join(root, path, 'package.json')),
  );
};
