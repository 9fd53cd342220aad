/** Owns what happens to nodes in a story: a new one, a device plugin that comes up, a condition, a taint. */

import type { KubeObject } from '../api/client.ts';
import { nodeObject } from '../nodes/nodeObject.ts';
import { nodeOf } from './expand.ts';
import type { Stage } from './stage.ts';
import type { Json, Loaded, NodeEntry } from './story.ts';

const added = new Map<string, NodeEntry>();

/** Plays one `node` step; conditions and taints without a name are those of the pods' nodes. */
export async function nodeStep(
  stage: Stage,
  loaded: Loaded,
  step: Json,
  pods: readonly KubeObject[],
): Promise<void> {
  if (step.add) {
    await add(stage, loaded, step.add as NodeEntry);
    return;
  }
  const named = (step.patch ?? step.name) as string | undefined;
  const names = named ? [named] : [...new Set(pods.map(pod => String(pod.spec.nodeName)))];
  for (const name of names) await change(stage, loaded, name, step);
}

async function add(stage: Stage, loaded: Loaded, entry: NodeEntry): Promise<void> {
  added.set(`${loaded.story.id}/${entry.name}`, entry);
  await stage.api.send(
    'POST',
    '/api/v1/nodes',
    nodeObject(nodeOf(entry, undefined, loaded.profiles), stage.kubeletPort),
  );
}

async function change(stage: Stage, loaded: Loaded, name: string, step: Json): Promise<void> {
  const path = `/api/v1/nodes/${name}`;
  const entry = added.get(`${loaded.story.id}/${name}`);
  if (entry && (step.devicePlugin !== undefined || step.gfd !== undefined)) {
    const node = nodeObject(
      nodeOf({ ...entry, ...step, name } as NodeEntry, undefined, loaded.profiles),
      stage.kubeletPort,
    );
    const { allocatable, capacity } = node.status as Json;
    await merge(stage, path, { metadata: { labels: node.metadata.labels } });
    await merge(stage, `${path}/status`, { status: { allocatable, capacity } });
  }
  if (step.conditions)
    await stage.api.send(
      'PATCH',
      `${path}/status`,
      { status: { conditions: conditionsOf(step) } },
      STRATEGIC,
    );
  if (step.taints) await stage.api.send('PATCH', path, { spec: { taints: step.taints } }, STRATEGIC);
}

const STRATEGIC = 'application/strategic-merge-patch+json';

function merge(stage: Stage, path: string, patch: unknown): Promise<KubeObject> {
  return stage.api.send('PATCH', path, patch, 'application/merge-patch+json');
}

function conditionsOf(step: Json): Json[] {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return (step.conditions as Json[]).map(each => ({
    lastTransitionTime: now,
    lastHeartbeatTime: now,
    ...each,
  }));
}
