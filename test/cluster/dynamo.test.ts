import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { graphCrd } from '../kit/cluster/dynamo/crds.ts';
import { installDynamo } from '../kit/cluster/dynamo/platform.ts';
import { traitsOf } from '../kit/cluster/dynamo/release.ts';
import { goldenCases, goldenManifests, goldenReleases } from './golden.ts';
import { describeWithCluster, eventually } from './support.ts';

describeWithCluster(
  'golden manifests at a real API server',
  { release: goldenReleases()[0] ?? '' },
  cluster => {
    // Ascending: a CRD may gain versions while objects are stored, never lose them.
    for (const release of goldenReleases()) {
      test(`Dynamo ${release} takes all of them, strictly (${graphCrd(traitsOf(release)).origin})`, async () => {
        const stop = await installDynamo(cluster().plane, cluster().objects, release);
        const changes: string[] = [];
        for (const name of goldenCases(release)) {
          for (const manifest of goldenManifests(release, name)) {
            const query = '?fieldManager=test&dryRun=All&fieldValidation=Strict';
            const path = (await cluster().objects.path(manifest)) + query;
            const answer = await cluster().api.send('PATCH', path, manifest, 'application/apply-patch+yaml');
            changes.push(`${answer.kind}/${answer.metadata.name}`);
          }
        }
        await stop();
        expect(changes.filter(each => each.startsWith('DynamoGraphDeployment/')).length).toBe(
          goldenCases(release).length,
        );
      });
    }
  },
);

for (const release of ['0.9.1', '1.1.0', '1.2.1', '1.4.2', '1.5.1']) {
  describeWithCluster(`the stand-in operator of ${release}`, { release }, cluster => {
    const graph = withSharedClass(goldenManifests(closest(release), 'disaggregated'));
    const deployment = graph.at(-1) as KubeObject;

    test('makes a graph serve and takes it away again', async () => {
      for (const manifest of graph) await cluster().objects.apply(manifest, 'dynamo-installer');
      const done = await eventually(async () => {
        const now = await cluster().objects.read(deployment);
        return now?.status?.state === 'successful' ? now : undefined;
      }, 'the graph is successful');
      const parts = Object.values(
        (done.status.services ?? done.status.components) as Record<string, { readyReplicas: number }>,
      );
      expect(parts.map(part => part.readyReplicas)).toEqual([1, 1, 1]);
      const again = await cluster().objects.apply(deployment, 'dynamo-installer');
      expect(again.metadata.generation).toBe(done.metadata.generation);
      await cluster().objects.remove(deployment);
      const label = encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${deployment.metadata.name}`);
      const left = await eventually(async () => {
        const pods = await cluster().api.send('GET', `/api/v1/pods?labelSelector=${label}`);
        return pods.items.length === 0
          ? await cluster()
              .objects.read(deployment)
              .then(it => it ?? 'gone')
          : undefined;
      }, 'its pods are gone');
      expect(left).toBe('gone');
    });

    test('rolls changed workers as the release does', { timeout: 60_000 }, async () => {
      for (const manifest of graph) await cluster().objects.apply(manifest, 'dynamo-installer');
      const done = (generation?: number) =>
        eventually(async () => {
          const now = await cluster().objects.read(deployment);
          const same = now?.metadata.generation === (generation ?? now?.metadata.generation);
          return now?.status?.state === 'successful' && same && settled(now) ? now : undefined;
        }, 'the graph is successful');
      const workersOf = async () => {
        const { items } = await cluster().api.send(
          'GET',
          '/apis/apps/v1/namespaces/dynamo-system/deployments',
        );
        const names = (items as KubeObject[]).map(each => each.metadata.name);
        return names.filter(name => name.includes('-prefill')).join();
      };
      await done();
      const before = await workersOf();
      const changed = await cluster().objects.apply(withEnvironment(deployment), 'dynamo-installer');
      await done(changed.metadata.generation);
      // On 1.0 and 1.1 "successful" stands for a moment beside the new generation: names tell the truth.
      const renames = !release.startsWith('0.');
      const after = await eventually(async () => {
        const names = await workersOf();
        return names.includes(',') || (renames && names === before) ? undefined : names;
      }, 'one generation of workers is left');
      expect(after === before).toBe(!renames);
      await cluster().objects.remove(deployment);
    });

    test('refuses in the words of the release', async () => {
      const metadata = { name: 'empty', namespace: 'dynamo-system' };
      const empty = {
        ...deployment,
        metadata,
        spec: { [wordOf(deployment)]: wordOf(deployment) === 'services' ? {} : [] },
      };
      const refused = await cluster()
        .objects.apply(empty)
        .catch((error: Error) => error.message);
      expect(refused).toMatch(/must have at least one (service|component)/);
    });
  });
}

describe('golden cases', () => {
  test('exist for releases with both API versions', () => {
    expect(goldenReleases().length).toBeGreaterThan(4);
  });
});

function settled(graph: KubeObject): boolean {
  const { status } = graph;
  const observed = status.observedGeneration ?? graph.metadata.generation;
  const rolling = status.rollingUpdate?.phase ?? 'Completed';
  return observed === graph.metadata.generation && rolling === 'Completed';
}

// One more variable in every component, in the place where the API version has it.
function withEnvironment(deployment: KubeObject): KubeObject {
  const variable = { name: 'REHEARSAL', value: 'changed' };
  const place = wordOf(deployment) === 'services' ? 'envs' : 'env';
  return {
    ...deployment,
    spec: { ...deployment.spec, [place]: [...(deployment.spec[place] ?? []), variable] },
  };
}

function wordOf(deployment: KubeObject): string {
  return 'services' in deployment.spec ? 'services' : 'components';
}

function closest(release: string): string {
  const minor = release.split('.').slice(0, 2).join('.');
  return goldenReleases().find(each => each.startsWith(`${minor}.`)) ?? release;
}

function withSharedClass(manifests: readonly KubeObject[]): KubeObject[] {
  return manifests.map(each =>
    each.kind === 'PersistentVolumeClaim'
      ? { ...each, spec: { ...each.spec, storageClassName: 'efs' } }
      : each,
  );
}
