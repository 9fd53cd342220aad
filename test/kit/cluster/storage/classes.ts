/** Owns the storage classes a rehearsal has. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../api/client.ts';
import { repositoryRoot } from '../control/binaries.ts';

type Entry = {
  readonly name: string;
  readonly provisioner: string;
  readonly default: boolean;
  readonly binding: string;
  readonly parameters?: Readonly<Record<string, string>>;
};

/** The StorageClass objects of a platform; the class `never` belongs to a driver that does not exist. */
export function storageClasses(platform: 'eks' | 'k8s'): KubeObject[] {
  const file = join(repositoryRoot(), 'test', 'kit', 'cluster', 'storage', 'classes.yaml');
  const table = parse(readFileSync(file, 'utf8')) as Record<string, Entry[]>;
  return (table[platform] ?? []).map(entry => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name: entry.name,
      annotations: {
        'storageclass.kubernetes.io/is-default-class': String(entry.default),
      },
    },
    provisioner: entry.provisioner,
    volumeBindingMode: entry.binding,
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
    ...(entry.parameters && { parameters: entry.parameters }),
  }));
}
