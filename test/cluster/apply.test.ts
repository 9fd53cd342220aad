import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { AuditedCall } from '../kit/cluster/control/audit.ts';
import { whyPermissive } from '../kit/cluster/dynamo/crds.ts';
import { applyTo, isDry, leases, manifestsOf, refusedBy, writes } from './applying.ts';
import { describeWithCluster, eventually } from './support.ts';

const patched = (calls: readonly AuditedCall[]): string[] =>
  calls.filter(({ verb }) => verb === 'patch').map(({ resource, name }) => `${resource}/${name}`);

const graphOf = (objects: readonly KubernetesObject[]): KubernetesObject => {
  const found = objects.find(({ kind }) => kind === 'DynamoGraphDeployment');
  if (found === undefined) throw new Error('There is no graph.');
  return found;
};

/** The graph with something changed in its spec. */
const withSpec = (
  objects: readonly KubernetesObject[],
  change: (spec: Record<string, never>) => void,
): KubernetesObject[] =>
  objects.map(object => {
    if (object.kind !== 'DynamoGraphDeployment') return object;
    const copy = structuredClone(object);
    change(copy['spec'] as Record<string, never>);
    return copy;
  });

const components = (spec: Record<string, never>): Record<string, Record<string, unknown>> =>
  spec['services'] ?? (spec['components'] as never);

const podUids = async (cluster: Cluster, name: string): Promise<string[]> => {
  const selector = encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${name}`);
  const { items } = await cluster.api.send('GET', `/api/v1/pods?labelSelector=${selector}`);
  return (items as { metadata: { uid: string } }[]).map(({ metadata }) => metadata.uid).sort();
};

const successful = (cluster: Cluster, graph: KubernetesObject) =>
  eventually(async () => {
    const now = await cluster.objects.read(graph as never);
    return now?.status?.state === 'successful' ? now : undefined;
  }, 'the graph is successful');

for (const release of ['0.9.1', '1.4.2']) {
  describeWithCluster(`applying to ${release}`, { nodes: 'p5.48xlarge=1', release }, cluster => {
    const objects = manifestsOf(release, 'disaggregated', 'chat');
    const graph = graphOf(objects);
    // Where the stand-in's conversion keeps the API server from knowing who wrote which field.
    const remembers = release === '0.9.1';

    test('creates everything once, then changes nothing', { timeout: 60_000 }, async () => {
      const first = await applyTo(cluster(), { objects, name: 'chat' });
      expect(first.told).toEqual([
        'ConfigMap dynamo-installer-chat: created',
        ...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}: created`),
      ]);
      const before = await successful(cluster(), graph);
      const pods = await podUids(cluster(), 'chat');
      const from = cluster().audit().length;
      const second = await applyTo(cluster(), { objects, name: 'chat' });
      const words = second.outcome.changes.map(({ change }) => change);
      expect(words).not.toContain('created');
      if (remembers) expect(words).toEqual(Array(objects.length + 1).fill('unchanged'));
      const after = await cluster().objects.read(graph as never);
      expect(after?.metadata.generation).toBe(before.metadata.generation);
      expect(await podUids(cluster(), 'chat')).toEqual(pods);
      const again = patched(writes(cluster(), from));
      expect(again.length).toBe(new Set(again).size);
      expect(await leases(cluster())).toEqual([]);
    });

    test('one dry run and one PATCH an object, and none without strict checking', async () => {
      const from = cluster().audit().length;
      const fresh = manifestsOf(release, 'aggregated', 'once');
      await applyTo(cluster(), { objects: fresh, name: 'once' });
      const calls = cluster().audit().slice(from);
      const patches = calls.filter(({ verb }) => verb === 'patch');
      expect(patches.every(({ uri }) => uri.includes('fieldValidation=Strict'))).toBe(true);
      expect(patches.every(({ uri }) => uri.includes('fieldManager=dynamo-installer'))).toBe(true);
      const counted = (list: readonly AuditedCall[]) => patched(list).sort();
      const real = counted(patches.filter(call => !isDry(call)));
      expect(counted(patches.filter(isDry))).toEqual(real);
      expect(real.length).toBe(new Set(real).size);
      await cluster().objects.remove(graphOf(fresh) as never);
    });

    test('an unknown field is refused before anything is written', async context => {
      const why = whyPermissive(release);
      if (why !== undefined) context.skip(why);
      const from = cluster().audit().length;
      const wrong = withSpec(manifestsOf(release, 'aggregated', 'typo'), spec => {
        (spec as Record<string, unknown>)['backendFramwork'] = 'vllm';
      });
      const refused = await refusedBy(cluster(), { objects: wrong, name: 'typo' });
      expect(refused).toMatchObject({ kind: 'refused' });
      expect(refused.findings[0]).toMatchObject({
        rule: 'admission-unknown-field',
        path: 'spec.backendFramwork',
      });
      expect(writes(cluster(), from)).toEqual([]);
    });

    test('a change of mode is named by the answer that caused it', async () => {
      const from = cluster().audit().length;
      const other = manifestsOf(release, 'aggregated', 'chat');
      const refused = await refusedBy(cluster(), { objects: other, name: 'chat' });
      expect(refused.findings[0]).toMatchObject({ rule: 'admission-topology', path: 'mode' });
      expect(refused.findings[0]?.message).toMatch(/added: \[worker\]/);
      expect(writes(cluster(), from)).toEqual([]);
    });

    if (remembers)
      test('somebody else owns a field: refused, left, or taken', async () => {
        const theirs = withSpec([graph], spec => {
          for (const part of Object.values(components(spec)))
            if (part['replicas'] !== undefined) part['replicas'] = 2;
        })[0];
        await cluster().objects.apply(theirs as never, 'argocd-controller');
        const refused = await refusedBy(cluster(), { objects, name: 'chat' });
        expect(refused.findings[0]).toMatchObject({ rule: 'apply-conflict' });
        expect(refused.findings[0]?.message).toMatch(/argocd-controller owns .*replicas/);
        expect(refused.findings[0]?.hint).toContain('--take-over');

        const left = await applyTo(cluster(), { objects, name: 'chat', unattended: false });
        expect(left.told).toContain('DynamoGraphDeployment chat: left');
        expect(left.outcome.changes.filter(({ change }) => change !== 'unchanged')).toEqual([]);

        const asked: string[] = [];
        const taken = await applyTo(cluster(), {
          objects,
          name: 'chat',
          unattended: false,
          confirm: async ({ kind, text, why }) => {
            asked.push(`${kind}: ${why} ${text}`);
            return true;
          },
        });
        expect(asked).toEqual([expect.stringMatching(/^take-over: argocd-controller owns/)]);
        expect(taken.told).toContain('DynamoGraphDeployment chat: configured');
      });

    test('what cannot be changed in place is removed, waited for and made anew', async () => {
      const other = manifestsOf(release, 'aggregated', 'chat');
      const { told } = await applyTo(cluster(), {
        objects: other,
        name: 'chat',
        replaced: {
          kind: 'DynamoGraphDeployment',
          name: 'chat',
          podSelector: 'nvidia.com/dynamo-graph-deployment-name=chat',
        },
      });
      expect(told.filter(line => line.startsWith('DynamoGraphDeployment'))).toEqual([
        'DynamoGraphDeployment chat: removing',
        'DynamoGraphDeployment chat: removed',
        'DynamoGraphDeployment chat: created',
      ]);
      await successful(cluster(), graph);
    });

    if (release === '1.4.2')
      test('an image without a version is named', async () => {
        const text = JSON.stringify(manifestsOf(release, 'aggregated', 'latest'));
        const wrong = JSON.parse(text.replaceAll(/vllm-runtime:[\d.]+/g, 'vllm-runtime:latest'));
        const refused = await refusedBy(cluster(), { objects: wrong, name: 'latest' });
        expect(refused.findings[0]).toMatchObject({ rule: 'admission-image-version', path: 'image' });
      });
  });
}
