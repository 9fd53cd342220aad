/** Owns building the cluster of a story: what exists before the command starts. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, ApiProblem, type KubeObject } from '../api/client.ts';
import { createObjects, type Objects } from '../api/objects.ts';
import type { Binaries } from '../control/binaries.ts';
import { type ControlPlane, startControlPlane } from '../control/controlPlane.ts';
import { startOperator } from '../dynamo/operator.ts';
import { applyCrds, untilServed, webhookConfigurations } from '../dynamo/platform.ts';
import { type Traits, traitsOf } from '../dynamo/release.ts';
import { startWebhooks, type Webhooks } from '../dynamo/webhook.ts';
import { createNodes } from '../nodes/createNodes.ts';
import { startKwok } from '../nodes/kwok.ts';
import { untilSchedulable } from '../nodes/schedulable.ts';
import { startProvisioner } from '../storage/provisioner.ts';
import { type Expanded, expandCluster, nodesOf, stubCrd, workloadPods } from './expand.ts';
import { installedGraph } from './installed.ts';
import type { Loaded } from './story.ts';

/** The stage on which a story plays. */
export type Stage = {
  readonly plane: ControlPlane;
  readonly objects: Objects;
  readonly api: Api;
  readonly cluster: Expanded;
  readonly traits: Traits;
  readonly kubeletPort: number;
  /** Ends the operator when the story has none; called when everything installed earlier is up. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a control plane and puts the story's objects into it; pods are played by whoever starts a director. */
export async function buildStage(
  loaded: Loaded,
  binaries: Binaries,
  play: (stage: Pick<Stage, 'plane' | 'objects' | 'api'>, signal: AbortSignal) => Promise<void>,
): Promise<Stage> {
  const cluster = expandCluster(loaded);
  const plane = await startControlPlane(binaries);
  const objects = createObjects(plane.api);
  const end = new AbortController();
  const operatorEnd = new AbortController();
  const stop = async () => {
    end.abort();
    operatorEnd.abort();
    await plane.stop();
  };
  try {
    const crdRelease =
      cluster.crd?.from ?? loaded.profiles.releases[loaded.story.release]?.crd ?? loaded.story.release;
    const traits = { ...traitsOf(crdRelease), release: loaded.story.release };
    const mode = webhookMode(cluster);
    const webhooks = cluster.hasCrd ? await startWebhooks(plane.authority, traits, mode.warnings) : undefined;
    end.signal.addEventListener('abort', () => void webhooks?.stop(), { once: true });
    await applyDefinitions(objects, cluster, traits, webhooks);
    const kwok = await startKwok(plane, objects, binaries.kwok);
    await plane.startControllers();
    const nodes = nodesOf(cluster.nodes ?? [], loaded.profiles);
    await createNodes(plane.api, nodes, kwok.kubeletPort);
    await createNamespaces(objects, cluster);
    await play({ plane, objects, api: plane.api }, end.signal);
    await startProvisioner(plane.api, objects, cluster.provisioners, end.signal);
    await createObjectsOf(plane.api, objects, cluster);
    await untilSchedulable(plane.api);
    await kwok.listening;
    await createAll(objects, workloadPods(cluster.workloads ?? []));
    if (cluster.hasCrd) {
      const namespaces = cluster.operator?.reconciles;
      await startOperator(plane.api, objects, { traits, namespaces }, operatorEnd.signal);
    }
    if (webhooks) await register(objects, traits, webhooks, mode.mode);
    const graphs = (cluster.installed ?? []).map(each => installedGraph(each, loaded.story.release, traits));
    await createAll(objects, graphs);
    return {
      plane,
      objects,
      api: plane.api,
      cluster,
      traits,
      kubeletPort: kwok.kubeletPort,
      async settle() {
        await untilRunning(plane.api, cluster.running ?? []);
        if (!hasOperator(cluster)) operatorEnd.abort();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function webhookMode(cluster: Expanded): { mode: string; warnings: readonly string[] } {
  const { webhook = 'served' } = cluster;
  return typeof webhook === 'string'
    ? { mode: webhook, warnings: [] }
    : { mode: webhook.mode, warnings: webhook.warnings ?? [] };
}

async function register(objects: Objects, traits: Traits, webhooks: Webhooks, mode: string): Promise<void> {
  if (mode === 'absent') return;
  // Port 9 is the discard port: nobody listens there, as with an operator that is down.
  const at = mode === 'down' ? { ...webhooks, url: 'https://127.0.0.1:9' } : webhooks;
  for (const object of webhookConfigurations(traits, at)) await objects.apply(object);
}

function hasOperator(cluster: Expanded): boolean {
  return cluster.objects.some(
    each => each.metadata.labels?.['app.kubernetes.io/part-of'] === 'dynamo-operator',
  );
}

async function applyDefinitions(
  objects: Objects,
  cluster: Expanded,
  traits: Traits,
  webhooks: Webhooks | undefined,
): Promise<void> {
  for (const name of cluster.crds ?? []) {
    await objects.apply(stubCrd(name));
    await untilServed(objects, name);
  }
  if (cluster.hasCrd) await applyCrds(objects, traits, webhooks, crd => patchCrd(crd, cluster));
}

function patchCrd(crd: KubeObject, cluster: Expanded): KubeObject {
  const patch = cluster.crd?.patch ?? {};
  const versions = (crd.spec.versions as { name: string }[]).map(each => ({ ...each, ...patch[each.name] }));
  return { ...crd, spec: { ...crd.spec, versions } };
}

async function createNamespaces(objects: Objects, cluster: Expanded): Promise<void> {
  const used = [...cluster.objects, ...workloadPods(cluster.workloads ?? [])].map(
    each => each.metadata.namespace,
  );
  const names = new Set(used.filter((name): name is string => name !== undefined));
  for (const name of names)
    await objects.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'fixture');
}

async function createObjectsOf(api: Api, objects: Objects, cluster: Expanded): Promise<void> {
  for (const given of cluster.objects) {
    const { status, ...object } = asInstalled(given, cluster);
    const manager = object.metadata.annotations?.['corpus/field-manager'] ?? 'fixture';
    const { 'corpus/field-manager': _, ...annotations } = object.metadata.annotations ?? {};
    const clean = { ...object, metadata: { ...object.metadata, annotations } } as KubeObject;
    await patiently(() => objects.apply(clean, manager));
    if (status) await objects.mergeStatus(clean, status);
  }
  await api.send('GET', '/readyz');
}

// operatorVersion and operatorChart say what the operator's Deployment shows.
function asInstalled(object: KubeObject, cluster: Expanded): KubeObject {
  const labels = object.metadata.labels ?? {};
  if (object.kind !== 'Deployment' || labels['app.kubernetes.io/part-of'] !== 'dynamo-operator')
    return object;
  const version = cluster.operatorVersion;
  const chart = cluster.operatorChart ?? version;
  const copy = structuredClone(object);
  if (chart) copy.metadata.labels = { ...labels, 'helm.sh/chart': `dynamo-operator-${chart}` };
  if (version) {
    copy.metadata.labels = { ...copy.metadata.labels, 'app.kubernetes.io/version': version };
    for (const container of copy.spec.template.spec.containers as { image: string }[]) {
      container.image = container.image.replace(/:[^:]*$/, `:${version}`);
    }
  }
  return copy;
}

async function createAll(objects: Objects, all: readonly KubeObject[]): Promise<void> {
  for (const object of all) await patiently(() => objects.create(object));
}

// New namespaces get their service account, and new webhooks their place, a moment later.
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiProblem) || tries > 50 || ![403, 404, 500].includes(error.code)) throw error;
      await sleep(100);
    }
  }
}

async function untilRunning(api: Api, graphs: readonly string[]): Promise<void> {
  for (const name of graphs) {
    const label = encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${name}`);
    for (let tries = 0; tries < 150; tries += 1) {
      const { items } = await api.send('GET', `/api/v1/pods?labelSelector=${label}`);
      const pods = items as KubeObject[];
      if (pods.length > 0 && pods.every(pod => pod.status?.phase === 'Running')) break;
      await sleep(100);
    }
  }
}
