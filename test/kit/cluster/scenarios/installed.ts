/** Owns a deployment as the program made it earlier, with its own labels. */

import type { KubeObject } from '../api/client.ts';
import type { Traits } from '../dynamo/release.ts';
import { DEFAULT_MODEL, DEFAULT_NAMESPACE } from './settings.ts';

/** The deployment object of an earlier installation. */
export function installedGraph(
  { name, finalizers }: { readonly name: string; readonly finalizers?: readonly string[] },
  release: string,
  traits: Traits,
): KubeObject {
  const image = `nvcr.io/nvidia/ai-dynamo/vllm-runtime:${release}`;
  const args = ['--model', DEFAULT_MODEL];
  const command = ['python3', '-m', 'dynamo.vllm'];
  const metadata = {
    name,
    namespace: DEFAULT_NAMESPACE,
    ...(finalizers && { finalizers: [...finalizers] }),
    labels: {
      'app.kubernetes.io/managed-by': 'dynamo-installer',
      'app.kubernetes.io/instance': name,
      'app.kubernetes.io/component': 'deployment',
      'app.kubernetes.io/version': release,
    },
  };
  const kind = 'DynamoGraphDeployment';
  if (traits.stored === 'v1beta1') {
    const pod = (main: object) => ({ spec: { containers: [{ name: 'main', image, ...main }] } });
    const limits = { 'nvidia.com/gpu': '1' };
    const components = [
      { name: 'Frontend', type: 'frontend', replicas: 1, podTemplate: pod({}) },
      {
        name: 'worker',
        type: 'worker',
        replicas: 1,
        podTemplate: pod({ command, args, resources: { limits } }),
      },
    ];
    return {
      apiVersion: 'nvidia.com/v1beta1',
      kind,
      metadata,
      spec: { backendFramework: 'vllm', components },
    };
  }
  const worker = { componentType: 'worker', replicas: 1, resources: { limits: { gpu: '1' } } };
  const services = {
    Frontend: { componentType: 'frontend', replicas: 1, extraPodSpec: { mainContainer: { image } } },
    worker: { ...worker, extraPodSpec: { mainContainer: { image, command, args } } },
  };
  return { apiVersion: 'nvidia.com/v1alpha1', kind, metadata, spec: { backendFramework: 'vllm', services } };
}
