/** Checks that the namespace is there, or will be. */

import type { CheckResult } from '../../../../core/check.ts';
import { check } from './result.ts';
import type { Scene } from './scene.ts';

const result = check('namespace', 'the namespace is there or will be created', 'unavailable', 'namespace');

const willBeCreated = ({ objects, settings, unattended, agreed }: Scene): boolean =>
  !unattended ||
  agreed === true ||
  settings?.['createNamespace'] === true ||
  objects.some(object => object.kind === 'Namespace');

export const namespaceChecks = (scene: Scene): CheckResult[] => {
  const { namespace, cluster } = scene;
  const state = cluster.namespaceState;
  if (state.kind !== 'read')
    return [result.unknown(`Whether the namespace ${namespace} exists was not read: ${state.message}`)];
  if (state.value === 'active') return [result.pass(`The namespace ${namespace} exists.`)];
  if (state.value === 'terminating')
    return [
      result.fail(
        `The namespace ${namespace} is being deleted, so nothing can be created in it.`,
        `Wait until it is gone (kubectl get namespace ${namespace}), or use another: --namespace NS`,
      ),
    ];
  if (willBeCreated(scene)) return [result.pass(`The namespace ${namespace} will be created.`)];
  return [
    result.fail(
      `The namespace ${namespace} does not exist.`,
      `Let install create it by adding --create-namespace or --yes, or create it: kubectl create namespace ${namespace}`,
    ),
  ];
};
