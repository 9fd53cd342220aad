import { describe, expect, it } from 'vitest';
import { operatorRelease } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/release.ts';
import type { ClusterFacts } from '../../../../../../src/core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { cluster, forbidden, operator, read } from './world.ts';

const crd = (versions: readonly unknown[]): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'dynamographdeployments.nvidia.com' },
  spec: { versions },
});

const alpha = (fields: readonly string[], service: readonly string[], storage = true) => ({
  name: 'v1alpha1',
  served: true,
  storage,
  schema: {
    openAPIV3Schema: {
      properties: {
        spec: {
          properties: {
            ...Object.fromEntries(fields.map(field => [field, {}])),
            services: {
              additionalProperties: { properties: Object.fromEntries(service.map(field => [field, {}])) },
            },
          },
        },
      },
    },
  },
});
const beta = (storage: boolean) => ({ name: 'v1beta1', served: true, storage, schema: {} });

const bare: Partial<ClusterFacts> = { operators: read([]), crd: read(null) };

describe('the release of the operator', () => {
  it('is the tag of its image, whatever labels say', () => {
    const wrongLabel = operator('0.9.0', { image: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:0.7.1' });
    expect(operatorRelease(cluster({ operators: read([wrongLabel]) }))).toBe('0.7.1');
    const mirrored = operator('1.2.1', { image: 'registry.local:5000/dynamo/operator:v1.2.1@sha256:abc' });
    expect(operatorRelease(cluster({ operators: read([mirrored]) }))).toBe('1.2.1');
  });

  it('is what its arguments or labels say where the tag is no version; a post release is its release', () => {
    const image = 'registry/operator:latest';
    const args = ['--operator-version=1.4.2'];
    expect(operatorRelease(cluster({ operators: read([operator('1.0.0', { image, args })]) }))).toBe('1.4.2');
    const post = operator('0.9.0-post1', {
      image,
      labels: { 'helm.sh/chart': 'dynamo-operator-0.9.0-post1' },
    });
    expect(operatorRelease(cluster({ operators: read([post]) }))).toBe('0.9.0');
  });

  it("is the CRD's annotation where the operator cannot be seen", () => {
    const facts = cluster({
      operators: forbidden,
      crd: read({ name: 'x', annotations: { 'dynamo.nvidia.com/operator-version': '1.1.0' } }),
    });
    expect(operatorRelease(facts)).toBe('1.1.0');
  });

  it.each<[string, readonly unknown[]]>([
    ['0.8.0', [alpha(['services'], ['replicas'])]],
    ['0.9.0', [alpha(['restart'], ['replicas'])]],
    ['1.0.0', [alpha(['restart'], ['checkpoint'])]],
    ['1.1.0', [alpha(['restart', 'annotations'], ['checkpoint'])]],
    ['1.2.0', [alpha(['restart', 'annotations'], ['checkpoint']), beta(false)]],
    ['1.3.0', [alpha(['annotations', 'priorityClassName'], ['checkpoint']), beta(false)]],
    ['1.4.0', [alpha(['priorityClassName'], ['runtimeVersionOverride']), beta(false)]],
    ['1.5.0', [alpha(['priorityClassName'], ['runtimeVersionOverride'], false), beta(true)]],
  ])('is %s by the shape of the CRD', (release, versions) => {
    expect(operatorRelease(cluster({ ...bare, crdShape: read(crd(versions)) }))).toBe(release);
  });

  it('is at last what a deployment was made by, or not known', () => {
    const graph: KubernetesObject = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: 'a', annotations: { 'nvidia.com/dynamo-operator-origin-version': '1.0.2' } },
    };
    expect(operatorRelease(cluster({ ...bare, graphs: read([graph]) }))).toBe('1.0.2');
    expect(operatorRelease(cluster(bare))).toBeNull();
  });
});
