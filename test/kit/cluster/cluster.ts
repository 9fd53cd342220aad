/** Owns putting the pieces together: one call starts a whole cluster without a GPU, one call ends it. */

import type { Api, KubeObject } from './api/client.ts';
import { createObjects, type Objects } from './api/objects.ts';
import { type AuditedCall, readAudit } from './control/audit.ts';
import { ensureBinaries, KUBERNETES_MINORS } from './control/binaries.ts';
import { type ControlPlane, startControlPlane } from './control/controlPlane.ts';
import { startOperator } from './dynamo/operator.ts';
import { applyCrds, operatorObjects, PLATFORM_NAMESPACE, webhookConfigurations } from './dynamo/platform.ts';
import { DEFAULT_RELEASE, type Traits, traitsOf } from './dynamo/release.ts';
import { startWebhooks } from './dynamo/webhook.ts';
import { ensureEnvironment } from './frontend/environment.ts';
import { createRealServing } from './frontend/realServing.ts';
import { nothingServes, type Serving } from './frontend/serving.ts';
import { createNodes } from './nodes/createNodes.ts';
import { startKwok } from './nodes/kwok.ts';
import { DEFAULT_NODES, nodeSpecs, parseNodes, scaleGroups } from './nodes/profile.ts';
import { untilSchedulable } from './nodes/schedulable.ts';
import { type Director, type Script, startDirector } from './pods/director.ts';
import { usualScript } from './pods/usualScript.ts';
import { waitForModel } from './pods/waitForModel.ts';
import { grantRestricted } from './restricted.ts';
import { storageClasses } from './storage/classes.ts';
import { DRIVERS } from './storage/drivers.ts';
import { startProvisioner } from './storage/provisioner.ts';

/** What to start; everything has a default. */
export type ClusterSettings = {
  /** `profile=count[:tainted]`, joined by commas. */
  readonly nodes?: string;
  /** Scales the nodes to this number in all. */
  readonly nodesCount?: number | undefined;
  /** Dynamo release of CRD and operator. */
  readonly release?: string;
  /** Kubernetes minor. */
  readonly kubernetes?: string;
  readonly platform?: 'eks' | 'k8s';
  /** `real`: Dynamo's own frontend from PyPI behind the pods; `none`: pods are ready and nothing answers. */
  readonly frontend?: 'real' | 'none';
  /** Release of the real frontend; the pinned one when absent. */
  readonly frontendRelease?: string | undefined;
  /** Makes another script of the usual one, to let pods go wrong. */
  readonly script?: (usual: Script) => Script;
  /** Gets lines of progress. */
  readonly say?: (line: string) => void;
};

/** A running cluster. */
export type Cluster = {
  /** Path of the kubeconfig: contexts admin, restricted, exec. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly api: Api;
  readonly objects: Objects;
  readonly plane: ControlPlane;
  readonly director: Director;
  /** What answers behind the frontends. */
  readonly serving: string;
  /** Takes the operator away: its Deployment goes, and nobody reconciles. Returns how to bring it back. */
  stopOperator(): Promise<() => Promise<void>>;
  /** Calls of everybody but the kit and the controllers, so far. */
  audit(): AuditedCall[];
  stop(): Promise<void>;
};

/** Starts everything and resolves when the cluster can be used. */
export async function startCluster(settings: ClusterSettings = {}): Promise<Cluster> {
  const say = settings.say ?? (() => {});
  const kubernetes = settings.kubernetes ?? KUBERNETES_MINORS[0] ?? '';
  const binaries = await ensureBinaries(kubernetes, say);
  const frontend =
    settings.frontend === 'real' ? await ensureEnvironment(settings.frontendRelease, say) : undefined;
  const plane = await startControlPlane(binaries);
  const end = new AbortController();
  const serving = frontend
    ? createRealServing(plane.folder, frontend)
    : nothingServes('no frontend answers here');
  const stop = async () => {
    end.abort();
    await serving.stop();
    await plane.stop();
  };
  try {
    const objects = createObjects(plane.api);
    const running = await furnish(
      plane,
      objects,
      { ...settings, kubernetes },
      binaries.kwok,
      serving,
      end.signal,
      say,
    );
    return {
      kubeconfig: plane.kubeconfig,
      server: plane.server,
      api: plane.api,
      objects,
      plane,
      director: running.director,
      stopOperator: running.stopOperator,
      serving: serving.description,
      audit: () => readAudit(plane.auditLog),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish(
  plane: ControlPlane,
  objects: Objects,
  settings: ClusterSettings & { kubernetes: string },
  kwokFile: string,
  serving: Serving,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Pick<Cluster, 'director' | 'stopOperator'>> {
  const traits = traitsOf(settings.release ?? DEFAULT_RELEASE);
  const webhooks = await startWebhooks(plane.authority, traits);
  signal.addEventListener('abort', () => void webhooks.stop(), { once: true });
  const [kwok, origin] = await Promise.all([
    startKwok(plane, objects, kwokFile),
    applyCrds(objects, traits, webhooks),
  ]);
  say(`Dynamo ${traits.release}: ${origin}; a stand-in plays the operator; ${serving.description}.`);
  const groups = parseNodes(settings.nodes ?? DEFAULT_NODES);
  const scaled = settings.nodesCount ? scaleGroups(groups, settings.nodesCount) : groups;
  await Promise.all([
    plane.startControllers(),
    createNodes(plane.api, nodeSpecs(scaled, settings.kubernetes), kwok.kubeletPort),
    applyAll(objects, [
      namespace(PLATFORM_NAMESPACE),
      tokenSecret(),
      ...storageClasses(settings.platform ?? 'eks'),
    ]),
  ]);
  await grantRestricted(objects, PLATFORM_NAMESPACE);
  const surroundings = { api: plane.api, objects, logFolder: `${plane.folder.path}/pods` };
  let director: Director | undefined;
  const wait = (life: Parameters<typeof waitForModel>[0]) =>
    waitForModel(life, () => director?.pods ?? { items: new Map(), ready: Promise.resolve() });
  const usual = usualScript(serving, wait);
  director = await startDirector(surroundings, settings.script?.(usual) ?? usual, signal, problem =>
    say(String(problem)),
  );
  await startProvisioner(plane.api, objects, Object.keys(DRIVERS), signal);
  await applyAll(objects, [...operatorObjects(traits), ...webhookConfigurations(traits, webhooks)]);
  const stopOperator = await presentOperator(plane.api, objects, traits, signal);
  await untilSchedulable(plane.api);
  await kwok.listening;
  return { director, stopOperator };
}

/** Starts the stand-in; returns how it is taken away. */
async function presentOperator(
  api: Api,
  objects: Objects,
  traits: Traits,
  signal: AbortSignal,
): Promise<Cluster['stopOperator']> {
  let end = new AbortController();
  const start = async (): Promise<void> => {
    end = new AbortController();
    await startOperator(api, objects, { traits }, AbortSignal.any([signal, end.signal]));
  };
  await start();
  const [deployment] = operatorObjects(traits);
  return async () => {
    end.abort();
    if (deployment) await objects.remove(deployment);
    return async () => {
      if (deployment) await objects.apply(deployment);
      await start();
    };
  };
}

async function applyAll(objects: Objects, all: readonly KubeObject[]): Promise<void> {
  for (const object of all) await objects.apply(object);
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

// What an installer expects to find; the token is worth nothing.
function tokenSecret(): KubeObject {
  const metadata = { name: 'hf-token-secret', namespace: PLATFORM_NAMESPACE };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: 'Opaque',
    stringData: { HF_TOKEN: 'hf_rehearsal' },
  };
}
