/** Owns the kinds by which kwok is told where a pod's logs lie and where its ports lead; permissive, of our own making. */

import type { KubeObject } from '../api/client.ts';

/** The API group and version of what steers kwok. */
export const KWOK_API = 'kwok.x-k8s.io/v1alpha1';

/** The CRDs to apply before kwok starts. */
export const kwokCrds: readonly KubeObject[] = [crd('logs', 'Logs'), crd('portforwards', 'PortForward')];

function crd(plural: string, kind: string): KubeObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.kwok.x-k8s.io` },
    spec: {
      group: 'kwok.x-k8s.io',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
      },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: open },
        },
      ],
    },
  };
}
