/** What can be said about applying itself, whatever is applied. */

import type { Catalogue } from './finding.ts';

export const applyCatalogue = {
  'apply-foreign': {
    title: 'An object of that name belongs to somebody else',
    meaning: 'An object that would be written exists and does not have the labels of this program.',
    cause: 'Another tool or person made it, such as Argo CD, Flux or Helm.',
    remedy: 'Choose another name or namespace; what is not its own is never changed by this program.',
  },
  'apply-conflict': {
    title: 'Somebody else owns a field',
    meaning: 'Another field manager wrote a field of an object of this program, with another value.',
    cause: 'A controller such as an autoscaler or Argo CD, or kubectl edit.',
    remedy: 'Take the field over with --take-over, or change it where the other manager gets it from.',
  },
  'apply-namespace-missing': {
    title: 'The namespace of an object does not exist',
    meaning:
      'A manifest names a namespace that the cluster does not have, other than that of the deployment.',
    cause: 'Manifests for several namespaces, or a typing error.',
    remedy: 'Create the namespace, or correct the manifest.',
  },
  'kind-not-served': {
    title: 'The cluster does not serve this version of a kind',
    meaning: 'A manifest is written for a version of an API that the cluster does not have.',
    cause: 'The manifest was saved for an older or newer platform, or a CRD is not installed.',
    remedy: 'Render the manifests again for this cluster.',
  },
} as const satisfies Catalogue;
