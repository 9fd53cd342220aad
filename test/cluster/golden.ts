/** Owns reading the golden manifests for the cluster tests. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../kit/cluster/api/client.ts';

const CASES = new URL('../golden/cases', import.meta.url).pathname;

/** The releases that have golden cases, oldest first. */
export function goldenReleases(): string[] {
  return readdirSync(CASES).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The cases of a release. */
export function goldenCases(release: string): string[] {
  return readdirSync(join(CASES, release));
}

/** The manifests of a case, in apply order; undefined parts of golden text are left as they are. */
export function goldenManifests(release: string, name: string): KubeObject[] {
  const folder = join(CASES, release, name, 'manifests');
  return readdirSync(folder)
    .sort()
    .map(file => parse(readFileSync(join(folder, file), 'utf8')) as KubeObject);
}
