/** Owns what an installed Dynamo platform looks like in a cluster: CRDs, the operator's Deployment, its webhooks. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../api/client.ts';
import type { Objects } from '../api/objects.ts';
import type { ControlPlane } from '../control/controlPlane.ts';
import { componentCrd, graphCrd } from './crds.ts';
import { type Traits, traitsOf } from './release.ts';
import { startWebhooks, type Webhooks } from './webhook.ts';

/** The namespace the platform is installed in. */
export const PLATFORM_NAMESPACE = 'dynamo-system';

/** Applies the CRDs, the graph's one changed if asked, and waits until they are served; returns where the graph's CRD is from. */
export async function applyCrds(
  objects: Objects,
  traits: Traits,
  webhooks: Webhooks | undefined,
  change: (crd: KubeObject) => KubeObject = crd => crd,
): Promise<string> {
  const { crd: found, origin } = graphCrd(traits);
  const crd = change(found);
  await Promise.all([crd, componentCrd()].map(each => objects.apply(withConversion(each, traits, webhooks))));
  for (const name of [crd.metadata.name, componentCrd().metadata.name]) await untilServed(objects, name);
  return origin;
}

// The operator sets this at its start; without it nothing could be written in the version that is not stored.
function withConversion(crd: KubeObject, traits: Traits, webhooks: Webhooks | undefined): KubeObject {
  const two = traits.served.length > 1 && crd.metadata.name.startsWith('dynamographdeployments');
  const conversion = two && webhooks ? webhookConversion(webhooks) : { strategy: 'None' };
  return { ...crd, spec: { ...crd.spec, conversion } };
}

function webhookConversion(webhooks: Webhooks): Record<string, unknown> {
  const clientConfig = { url: `${webhooks.url}/convert`, caBundle: base64(webhooks.ca) };
  return { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } };
}

/** Waits until the API server serves a CRD. */
export async function untilServed(objects: Objects, name: string): Promise<void> {
  const apiVersion = 'apiextensions.k8s.io/v1';
  for (let tries = 0; tries < 200; tries += 1) {
    const crd = await objects.read({ apiVersion, kind: 'CustomResourceDefinition', metadata: { name } });
    const conditions = (crd?.status?.conditions ?? []) as { type: string; status: string }[];
    if (conditions.some(each => each.type === 'Established' && each.status === 'True')) return;
    await sleep(25);
  }
  throw new Error(`The API server does not serve ${name}.`);
}

/** Puts CRDs, operator and webhooks of one release into a cluster that may have those of another; returns how to stop its webhooks. */
export async function installDynamo(
  plane: ControlPlane,
  objects: Objects,
  release: string,
): Promise<() => Promise<void>> {
  const traits = traitsOf(release);
  const webhooks = await startWebhooks(plane.authority, traits);
  await applyCrds(objects, traits, webhooks);
  for (const object of [...operatorObjects(traits), ...webhookConfigurations(traits, webhooks)])
    await objects.apply(object);
  return webhooks.stop;
}

/** The operator's own Deployment and webhook Service, with the labels and the image tag that detection reads. */
export function operatorObjects(traits: Traits): KubeObject[] {
  const name = 'dynamo-platform-dynamo-operator-controller-manager';
  const selector = { 'control-plane': 'controller-manager' };
  const labels = { ...selector, 'app.kubernetes.io/part-of': 'dynamo-operator' };
  const image = `nvcr.io/nvidia/ai-dynamo/kubernetes-operator:${traits.release}`;
  const args = ['--leader-elect', ...(traits.hashes ? [`--operator-version=${traits.release}`] : [])];
  const version = {
    'app.kubernetes.io/version': traits.release,
    'helm.sh/chart': `dynamo-operator-${traits.release}`,
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: PLATFORM_NAMESPACE, labels: { ...labels, ...version } },
      spec: {
        replicas: 1,
        selector: { matchLabels: selector },
        template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image, args }] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dynamo-platform-dynamo-operator-webhook-service', namespace: PLATFORM_NAMESPACE },
      spec: { selector, ports: [{ port: 443, targetPort: 9443 }] },
    },
    ...(traits.nats ? message('nats', 'nats:2.10.21-alpine', 4222) : []),
    ...(traits.etcd ? message('etcd', 'bitnami/etcd:3.5.18', 2379) : []),
  ];
}

// What the platform chart of older releases brings along.
function message(name: string, image: string, port: number): KubeObject[] {
  const full = { name: `dynamo-platform-${name}`, namespace: PLATFORM_NAMESPACE };
  const labels = { 'app.kubernetes.io/name': name };
  const containers = [{ name, image, ports: [{ containerPort: port }] }];
  const spec = {
    serviceName: full.name,
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return [
    { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { ...full, labels }, spec },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: full,
      spec: { clusterIP: 'None', selector: labels, ports: [{ name, port }] },
    },
  ];
}

/** The registrations of the webhooks; `url` may point nowhere, then writes fail as with an operator that is down. */
export function webhookConfigurations(traits: Traits, webhooks: Pick<Webhooks, 'url' | 'ca'>): KubeObject[] {
  const version = traits.admits;
  const validating = registration(
    'vdynamographdeployment.kb.io',
    `${webhooks.url}/validate`,
    webhooks.ca,
    version,
    ['CREATE', 'UPDATE'],
  );
  const mutating = registration(
    'mdynamographdeployment.kb.io',
    `${webhooks.url}/mutate`,
    webhooks.ca,
    version,
    ['CREATE'],
  );
  const api = 'admissionregistration.k8s.io/v1';
  const metadata = (kind: string) => ({ name: `dynamo-platform-dynamo-operator-${kind}` });
  return [
    {
      apiVersion: api,
      kind: 'ValidatingWebhookConfiguration',
      metadata: metadata('validating'),
      webhooks: [validating],
    },
    ...(traits.hashes
      ? [
          {
            apiVersion: api,
            kind: 'MutatingWebhookConfiguration',
            metadata: metadata('mutating'),
            webhooks: [mutating],
          },
        ]
      : []),
  ];
}

function registration(name: string, url: string, ca: string, version: string, operations: string[]): unknown {
  const rule = {
    apiGroups: ['nvidia.com'],
    apiVersions: [version],
    operations,
    resources: ['dynamographdeployments'],
  };
  return {
    name,
    clientConfig: { url, caBundle: base64(ca) },
    rules: [rule],
    matchPolicy: 'Equivalent',
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
