import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import { applyTo, manifestsOf, prepare, refusedBy, writes } from './applying.ts';
import { describeWithCluster, eventually } from './support.ts';

describeWithCluster('applying for the first time', { nodes: 'p5.48xlarge=1' }, cluster => {
  const release = '0.9.1';
  const inTeam = (name: string) => manifestsOf(release, 'aggregated', name, 'team-a');
  const secret = 'hf_only-in-the-secret-4711';

  test('a missing namespace is made only after a yes', async () => {
    const from = cluster().audit().length;
    const wanted = { objects: inTeam('chat'), name: 'chat', namespace: 'team-a' };
    const refused = await refusedBy(cluster(), wanted);
    expect(refused.message).toContain('team-a does not exist');
    expect(refused.hint).toContain('--create-namespace');
    expect(writes(cluster(), from)).toEqual([]);
  });

  test('the token goes into its Secret and nowhere else', async () => {
    const applying = await prepare(cluster(), {
      objects: inTeam('chat'),
      name: 'chat',
      namespace: 'team-a',
      token: { value: secret },
      secretName: 'hf-token-secret',
      confirm: async ({ kind }) => kind === 'create-namespace',
    });
    const outcome = await applying.run();
    applying.client.close();
    expect(applying.told().slice(0, 3)).toEqual([
      'Namespace team-a: created',
      'Secret hf-token-secret: created',
      'ConfigMap dynamo-installer-chat: created',
    ]);
    const stored = await cluster().api.send('GET', '/api/v1/namespaces/team-a/secrets/hf-token-secret');
    expect(Buffer.from(stored.data.HF_TOKEN, 'base64').toString('utf8')).toBe(secret);
    expect(stored.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'dynamo-installer',
      'app.kubernetes.io/component': 'hf-token',
    });
    const everywhere = await Promise.all(
      [
        '/api/v1/configmaps',
        '/api/v1/pods',
        '/api/v1/events',
        '/apis/batch/v1/jobs',
        '/apis/coordination.k8s.io/v1/leases',
        '/apis/nvidia.com/v1alpha1/dynamographdeployments',
        '/api/v1/persistentvolumeclaims',
      ].map(path => cluster().api.send('GET', path)),
    );
    const base64 = Buffer.from(secret, 'utf8').toString('base64');
    const sinks = JSON.stringify([everywhere, applying.events, outcome, cluster().audit()]);
    expect([sinks.includes(secret), sinks.includes(base64)]).toEqual([false, false]);
  });

  test('a Secret that is there is left as it is', async () => {
    const from = cluster().audit().length;
    await applyTo(cluster(), {
      objects: inTeam('chat'),
      name: 'chat',
      namespace: 'team-a',
      token: { value: 'hf_another' },
      secretName: 'hf-token-secret',
    });
    expect(writes(cluster(), from).filter(({ resource }) => resource === 'secrets')).toEqual([]);
  });

  test('a claim keeps its size when less is asked for, and everything else goes on', async () => {
    const smaller = inTeam('small').map(object =>
      object.kind === 'PersistentVolumeClaim'
        ? {
            ...object,
            spec: { ...(object['spec'] as object), resources: { requests: { storage: '1Gi' } } },
          }
        : object,
    );
    const { told } = await applyTo(cluster(), { objects: smaller, name: 'small', namespace: 'team-a' });
    expect(told).toContain('PersistentVolumeClaim dynamo-model-cache: left');
    expect(told).toContain('DynamoGraphDeployment small: created');
  });

  test('a quota is named with its numbers, and nothing is written', async () => {
    await cluster().objects.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'budget', namespace: 'dynamo-system' },
      spec: { hard: { 'requests.storage': '1Gi' } },
    });
    // Until the API server knows of it, everything would be let in.
    const probe = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'probe', namespace: 'dynamo-system' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
    };
    await eventually(
      () =>
        cluster()
          .api.send('POST', '/api/v1/namespaces/dynamo-system/persistentvolumeclaims?dryRun=All', probe)
          .then(
            () => undefined,
            problem => (/exceeded quota: budget/.test(String(problem)) ? true : undefined),
          ),
      'the quota is in force',
    );
    const from = cluster().audit().length;
    const refused = await refusedBy(cluster(), {
      objects: manifestsOf(release, 'aggregated', 'dear'),
      name: 'dear',
    });
    expect(refused).toMatchObject({ kind: 'unavailable' });
    expect(refused.findings[0]).toMatchObject({ rule: 'admission-quota', path: 'modelCacheSize' });
    expect(refused.findings[0]?.message).toMatch(/budget.*limit is requests\.storage=1Gi/);
    expect(writes(cluster(), from)).toEqual([]);
    await cluster().objects.remove({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'budget', namespace: 'dynamo-system' },
    });
  });

  test('a foreign object of a name that would be written is refused', async () => {
    const objects = manifestsOf(release, 'aggregated', 'theirs');
    const job = objects.find(({ kind }) => kind === 'Job') as KubernetesObject;
    await cluster().objects.create({
      ...job,
      metadata: { ...job.metadata, labels: { team: 'theirs' } },
    } as never);
    const from = cluster().audit().length;
    const refused = await refusedBy(cluster(), { objects, name: 'theirs' });
    expect(refused.findings[0]).toMatchObject({ rule: 'apply-foreign' });
    expect(refused.findings[0]?.message).toContain(job.metadata.name);
    expect(writes(cluster(), from)).toEqual([]);
  });

  test('who may not make a namespace is told which permission is missing', async () => {
    const refused = await refusedBy(cluster(), {
      objects: manifestsOf(release, 'aggregated', 'chat', 'team-b'),
      name: 'chat',
      namespace: 'team-b',
      context: 'restricted',
      confirm: async () => true,
    });
    expect(refused).toMatchObject({ kind: 'forbidden' });
    expect(refused.findings[0]).toMatchObject({ rule: 'apply-forbidden' });
  });
});
