/** Owns the CRDs of a Dynamo release: the real one when it stands beside the checkout, a permissive one otherwise. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../api/client.ts';
import { repositoryRoot } from '../control/binaries.ts';
import { minorOf, type Traits } from './release.ts';

/** A CRD and where it is from, in words for the person. */
export type FoundCrd = { readonly crd: KubeObject; readonly origin: string };

/** The DynamoGraphDeployment CRD that fits the release, with its operator version. */
export function graphCrd(traits: Traits): FoundCrd {
  const folder = closestRealCrd(traits.release);
  const crd = folder === undefined ? permissiveCrd(traits) : realCrd(folder);
  if (traits.hashes) {
    crd.metadata.annotations = {
      ...crd.metadata.annotations,
      'dynamo.nvidia.com/operator-version': traits.release,
    };
  }
  return { crd, origin: folder ? `the CRD of Dynamo ${folder}` : "the project's own permissive CRD" };
}

/** Why unknown fields are let in; undefined where the CRD is the real one. */
export const whyPermissive = (release: string): string | undefined =>
  closestRealCrd(release) === undefined
    ? 'the real CRDs do not stand beside the checkout (../shared/crds)'
    : undefined;

/** The folder of real CRDs, when there is one: beside the checkout, one folder a release. */
function realCrdFolder(): string {
  return join(repositoryRoot(), '..', 'shared', 'crds');
}

// A release without a CRD of its own gets the newest one before it.
function closestRealCrd(release: string): string | undefined {
  const folder = realCrdFolder();
  if (!existsSync(folder)) return undefined;
  const known = readdirSync(folder).filter(name => /^\d/.test(name) && minorOf(name) <= minorOf(release));
  return known.sort((a, b) => minorOf(a) - minorOf(b)).at(-1);
}

function realCrd(release: string): KubeObject {
  const file = join(realCrdFolder(), release, 'nvidia.com_dynamographdeployments.yaml');
  return parse(readFileSync(file, 'utf8')) as KubeObject;
}

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function permissiveCrd(traits: Traits): KubeObject {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status: OPEN } } };
  const versions = traits.served.map(name => ({
    name,
    served: true,
    storage: name === traits.stored,
    subresources: { status: {} },
    schema,
  }));
  return crdOf('dynamographdeployments', 'DynamoGraphDeployment', ['dgd'], versions);
}

/** The CRD of the objects between a deployment and its Deployments; nobody but the operator writes them. */
export function componentCrd(): KubeObject {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status: OPEN } } };
  const version = { name: 'v1alpha1', served: true, storage: true, subresources: { status: {} }, schema };
  return crdOf('dynamocomponentdeployments', 'DynamoComponentDeployment', ['dcd'], [version]);
}

function crdOf(plural: string, kind: string, shortNames: string[], versions: unknown[]): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.nvidia.com` },
    spec: {
      group: 'nvidia.com',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames },
      scope: 'Namespaced',
      versions,
    },
  };
}
