/** Owns reading which kinds the API server serves, all groups in one request. */

import type { ServedKind } from '../../core/cluster-facts.ts';
import { type GroupList, readGroups } from './olderDiscovery.ts';
import type { Reader } from './reader.ts';

type DiscoveredResource = {
  /** Plural. */
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string } | null;
  readonly scope?: string;
};

/** APIGroupDiscoveryList of apidiscovery.k8s.io. */
export type Discovered = {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly DiscoveredResource[];
    }[];
  }[];
};

const shape = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

/** v2 from Kubernetes 1.30, v2beta1 from 1.26; older servers list group names only. */
const accept = [shape('v2'), shape('v2beta1'), 'application/json'].join(',');

const servedKind = (group: string, version: string, found: DiscoveredResource): ServedKind => ({
  group,
  version,
  kind: found.responseKind?.kind ?? '',
  plural: found.resource,
  namespaced: found.scope === 'Namespaced',
});

/** The kinds of the wanted groups; versions in the API server's order of preference. */
export const servedKinds = ({ items = [] }: Discovered, groups: ReadonlySet<string>): ServedKind[] =>
  items
    .map(({ metadata, versions = [] }) => ({ group: metadata?.name ?? '', versions }))
    .filter(({ group }) => groups.has(group))
    .flatMap(({ group, versions }) =>
      versions.flatMap(({ version, resources = [] }) =>
        resources.map(found => servedKind(group, version, found)),
      ),
    );

export const readServed = async (
  reader: Reader,
  groups: ReadonlySet<string>,
): Promise<readonly ServedKind[]> => {
  const answer = await reader.get<Discovered | GroupList>({ path: '/apis', accept });
  return answer.kind === 'APIGroupList' ? readGroups(reader, answer, groups) : servedKinds(answer, groups);
};
