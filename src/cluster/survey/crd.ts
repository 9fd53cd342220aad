/** Owns reading the component's CRD: its metadata, and its outline where nothing else tells the operator's release. */

import { type CrdFact, type OperatorFact, type Reading, readOr } from '../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { annotationsOf, type Metadata, onlyMetadata } from './metadata.ts';
import type { Reader } from './reader.ts';
import { nullIfMissing } from './reading.ts';

const pathOf = (name: string): string => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;

export const readCrd = async (reader: Reader, name: string): Promise<CrdFact | null> => {
  const found = await nullIfMissing(
    reader.get<{ metadata: Metadata }>({ path: pathOf(name), accept: onlyMetadata }),
  );
  return found && { name: found.metadata.name, annotations: annotationsOf(found.metadata) };
};

/** What of a schema is looked at. */
export type Schema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** `true` where anything goes. */
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
};

export type WrittenCrd = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: {
    readonly versions?: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema?: { readonly openAPIV3Schema?: Schema };
    }[];
  };
};

/** Deep enough for the members of one part of the spec: spec, list or map of parts, part, member. */
const outlineDepth = 4;

/** Names of members without what they are: a hundredth of the whole. */
const outlineOf = (schema: Schema, depth: number): Schema => {
  if (depth === 0) return {};
  const { properties, additionalProperties, items } = schema;
  const inner = (each: Schema): Schema => outlineOf(each, depth - 1);
  const named = Object.entries(properties ?? {}).map(([name, each]) => [name, inner(each)] as const);
  return {
    ...(properties && { properties: Object.fromEntries(named) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: inner(additionalProperties) }),
    ...(items && { items: inner(items) }),
  };
};

/** Versions and names of members: what releases differ by. */
export const crdOutline = ({ apiVersion, kind, metadata, spec }: WrittenCrd): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: metadata.name, annotations: annotationsOf(metadata) },
  spec: {
    versions: (spec?.versions ?? []).map(({ name, served, storage, schema }) => ({
      name,
      served,
      storage,
      schema: { openAPIV3Schema: outlineOf(schema?.openAPIV3Schema ?? {}, outlineDepth) },
    })),
  },
});

export const readCrdShape = async (reader: Reader, name: string): Promise<KubernetesObject | null> => {
  const found = await nullIfMissing(reader.get<WrittenCrd>({ path: pathOf(name) }));
  return found && crdOutline(found);
};

const release = /\d+\.\d+/;

const tellsRelease = ({ image, args, labels }: OperatorFact): boolean =>
  [
    image.slice(image.lastIndexOf('/') + 1),
    ...args.filter(each => each.includes('operator-version')),
    labels['app.kubernetes.io/version'] ?? '',
    labels['helm.sh/chart'] ?? '',
  ].some(text => release.test(text));

/** Whether the CRD's members are the only thing left to tell the operator's release by. */
export const needsShape = (crd: CrdFact | null, operators: Reading<readonly OperatorFact[]>): boolean =>
  crd !== null &&
  !Object.keys(crd.annotations).some(name => name.endsWith('/operator-version')) &&
  !readOr(operators)?.some(tellsRelease);
