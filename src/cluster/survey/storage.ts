/** Owns reading storage classes and claims. */

import type { ClaimFact, StorageClassFact } from '../../core/cluster-facts.ts';
import { collect, readList } from './list.ts';
import type { Metadata } from './metadata.ts';
import type { Reader } from './reader.ts';

type WrittenClass = {
  readonly metadata: Metadata;
  readonly provisioner?: string;
  readonly volumeBindingMode?: string;
  readonly allowVolumeExpansion?: boolean;
};

/** The API server heeds both spellings. */
const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export const storageClassFact = (written: WrittenClass): StorageClassFact => ({
  name: written.metadata.name,
  provisioner: written.provisioner ?? '',
  isDefault: defaultMarks.some(mark => written.metadata.annotations?.[mark] === 'true'),
  bindingMode: written.volumeBindingMode ?? 'Immediate',
  expandable: written.allowVolumeExpansion === true,
});

export const readStorageClasses = (reader: Reader): Promise<readonly StorageClassFact[]> =>
  readList(reader, { path: '/apis/storage.k8s.io/v1/storageclasses' }, collect(storageClassFact));

type Storage = { readonly storage?: string };

type WrittenClaim = {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: { readonly requests?: Storage };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: Storage };
};

export const claimFact = ({ metadata, spec = {}, status = {} }: WrittenClaim): ClaimFact => ({
  name: metadata.name,
  accessModes: spec.accessModes ?? [],
  storageClass:
    spec.storageClassName ?? metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? null,
  phase: status.phase ?? 'Pending',
  size: spec.resources?.requests?.storage ?? null,
  capacity: status.capacity?.storage ?? null,
  volume: spec.volumeName || null,
  labels: metadata.labels ?? {},
});

export const readClaims = (reader: Reader, namespace: string): Promise<readonly ClaimFact[]> =>
  readList(reader, { path: `/api/v1/namespaces/${namespace}/persistentvolumeclaims` }, collect(claimFact));
