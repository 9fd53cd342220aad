import { expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import { type Forward, forwardToPod } from '../kit/cluster/forward.ts';
import { goldenManifests, goldenReleases } from './golden.ts';
import { describeWithFrontend, eventually } from './support.ts';

const RELEASE = goldenReleases().find(release => release.startsWith('1.5')) ?? '1.5.1';
const LONG_PROMPT = 'Tell the rehearsal a story about graphics cards that nobody needs to own. '.repeat(6);

type Answer = {
  model: string;
  choices: { message: { content: string } }[];
  usage: { prompt_tokens_details?: { cached_tokens?: number } };
};

await describeWithFrontend('a real frontend behind the API server', { release: RELEASE }, cluster => {
  for (const name of ['aggregated', 'disaggregated-router']) {
    test(`${name}: a chat completion by port-forward, and a cached one`, { timeout: 60_000 }, async () => {
      const deployment = await deploy(cluster(), name);
      const forward = await forwardToFrontend(cluster(), deployment);
      const model = await eventually(() => firstModel(forward), 'the model is listed');
      expect(model).toBe('Qwen/Qwen3-30B-A3B-Instruct-2507-FP8');
      const first = await eventually(() => chat(forward, model), 'the frontend answers');
      expect(first.choices[0]?.message.content).toMatch(/[a-z]{4,}/);
      // What a worker has cached reaches the router a moment later.
      const cached = await eventually(async () => {
        const answer = await chat(forward, model);
        return answer?.usage.prompt_tokens_details?.cached_tokens || undefined;
      }, 'the same prompt is found in the cache');
      expect(cached).toBeGreaterThan(100);
      await forward.close();
      await remove(cluster(), deployment);
    });
  }
});

async function deploy(cluster: Cluster, name: string): Promise<KubeObject> {
  const manifests = goldenManifests(RELEASE, name);
  for (const each of manifests) {
    const shared =
      each.kind === 'PersistentVolumeClaim'
        ? { ...each, spec: { ...each.spec, storageClassName: 'efs' } }
        : each;
    await cluster.objects.apply(shared, 'dynamo-installer');
  }
  const deployment = manifests.at(-1) as KubeObject;
  await eventually(async () => {
    const now = await cluster.objects.read(deployment);
    return now?.status?.state === 'successful' ? true : undefined;
  }, 'the graph is successful');
  return deployment;
}

async function forwardToFrontend(cluster: Cluster, deployment: KubeObject): Promise<Forward> {
  const labels = `nvidia.com/dynamo-graph-deployment-name=${deployment.metadata.name},nvidia.com/dynamo-component-type=frontend`;
  const pods = await cluster.api.send('GET', `/api/v1/pods?labelSelector=${encodeURIComponent(labels)}`);
  const { name, namespace } = pods.items[0].metadata as { name: string; namespace: string };
  return forwardToPod(cluster.kubeconfig, namespace, name, 8000);
}

async function firstModel(forward: Forward): Promise<string | undefined> {
  const answer = (await (await fetch(`${forward.url}/v1/models`)).json()) as { data: { id: string }[] };
  return answer.data[0]?.id;
}

async function chat(forward: Forward, model: string): Promise<Answer | undefined> {
  const messages = [{ role: 'user', content: LONG_PROMPT }];
  const answer = await fetch(`${forward.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model, messages, max_tokens: 12 }),
  });
  return answer.ok ? ((await answer.json()) as Answer) : undefined;
}

async function remove(cluster: Cluster, deployment: KubeObject): Promise<void> {
  await cluster.objects.remove(deployment);
  await eventually(
    async () => ((await cluster.objects.read(deployment)) ? undefined : true),
    'the graph is gone',
  );
}
