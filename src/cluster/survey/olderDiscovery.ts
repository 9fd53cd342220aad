/** Owns discovery where the API server, or something before it, does not answer for all groups at once: one request for each wanted version. */

import type { ServedKind } from '../../core/cluster-facts.ts';
import type { Reader } from './reader.ts';

export type GroupList = {
  readonly kind: 'APIGroupList';
  readonly groups?: readonly {
    readonly name: string;
    readonly versions?: readonly { readonly version: string }[];
  }[];
};

type ResourceList = {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
};

const readVersion = async (reader: Reader, group: string, version: string): Promise<ServedKind[]> => {
  const { resources = [] } = await reader.get<ResourceList>({ path: `/apis/${group}/${version}` });
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced }) => ({ group, version, kind, plural: name, namespaced }));
};

export const readGroups = async (
  reader: Reader,
  { groups = [] }: GroupList,
  wanted: ReadonlySet<string>,
): Promise<readonly ServedKind[]> => {
  const kinds: ServedKind[] = [];
  // One after the other: together they would exceed what a survey may ask at once.
  for (const { name, versions = [] } of groups.filter(group => wanted.has(group.name)))
    for (const { version } of versions) kinds.push(...(await readVersion(reader, name, version)));
  return kinds;
};
