/** Owns what is kept of the metadata of objects, and asking for metadata only. */

import type { Labels, ObjectFact } from '../../core/cluster-facts.ts';
import { collect, readList } from './list.ts';
import type { Reader } from './reader.ts';

export type Metadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly { readonly manager?: string; readonly subresource?: string }[];
};

/** The program's own field manager. */
const ownManager = 'dynamo-installer';

/** kubectl writes the whole object into it once more. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export const annotationsOf = ({ annotations = {} }: Metadata): Labels => {
  if (!(lastApplied in annotations)) return annotations;
  const { [lastApplied]: _, ...rest } = annotations;
  return rest;
};

/** Those who wrote something other than the status. */
const managersOf = ({ managedFields = [] }: Metadata): string[] => {
  const names = new Set<string>();
  for (const { manager, subresource } of managedFields)
    if (manager !== undefined && manager !== ownManager && subresource !== 'status') names.add(manager);
  return [...names];
};

export const objectFact = ({ metadata }: { readonly metadata: Metadata }): ObjectFact => ({
  name: metadata.name,
  labels: metadata.labels ?? {},
  annotations: annotationsOf(metadata),
  managers: managersOf(metadata),
  deleting: metadata.deletionTimestamp !== undefined,
});

/** Header values by which the API server leaves out all but metadata: no value of a Secret comes this way. */
export const onlyMetadata = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const onlyMetadataList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

export const readObjects = (reader: Reader, path: string): Promise<readonly ObjectFact[]> =>
  readList(reader, { path, accept: onlyMetadataList }, collect(objectFact));
