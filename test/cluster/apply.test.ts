import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { AuditedCall } from '../kit/cluster/control/audit.ts';
import { applyTo, manifestsOf, prepare, refusedBy } from './applying.ts';
import { describeWithCluster, eventually } from './support.ts';

const isWrite = ({ verb }: AuditedCall): boolean =>
  ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb);
const isDry = ({ uri }: AuditedCall): boolean => uri.includes('dryRun=All');
const isReview = ({ resource }: AuditedCall): boolean => resource.startsWith('selfsubject');

/** Writes of the program since `from`, without those that only try and those that only ask. */
const writes = (cluster: Cluster, from: number): AuditedCall[] =>
  cluster
    .audit()
    .slice(from)
    .filter(call => isWrite(call) && !isDry(call) && !isReview(call));

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

const leases = async (cluster: Cluster): Promise<string[]> => {
  const { items } = await cluster.api.send(
    'GET',
    '/apis/coordination.k8s.io/v1/namespaces/dynamo-system/leases',
  );
  return (items as KubernetesObject[])
    .map(({ metadata }) => metadata.name)
    .filter(name => name.startsWith('dynamo-installer-'));
};

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

    test('an unknown field is refused before anything is written', async () => {
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

describeWithCluster('two people at once, and Ctrl-C', { nodes: 'p5.48xlarge=1' }, cluster => {
  const objects = manifestsOf('0.9.1', 'aggregated', 'chat');
  const lease = (holder: string, age: number) => {
    const time = new Date(Date.now() - age).toISOString().replace('Z', '000Z');
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'dynamo-installer-chat', namespace: 'dynamo-system' },
      spec: { holderIdentity: holder, leaseDurationSeconds: 30, acquireTime: time, renewTime: time },
    };
  };

  test('the holder is named and nothing is written', async () => {
    await cluster().objects.create(lease('test@here/2', 0));
    const from = cluster().audit().length;
    const refused = await refusedBy(cluster(), { objects, name: 'chat' });
    expect(refused.message).toMatch(/chat .*test@here \(process 2\)/);
    const tried = writes(cluster(), from).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(tried).toEqual(['create leases']);
    await cluster().objects.remove(lease('', 0));
  });

  test('Ctrl-C between two writes says what exists, and a second run goes on', async () => {
    const interrupt = new AbortController();
    const applying = await prepare(cluster(), {
      objects,
      name: 'chat',
      signal: interrupt.signal,
      tell: event => {
        if (event.kind === 'applied' && event.ref.kind === 'PersistentVolumeClaim') interrupt.abort();
      },
    });
    await expect(applying.run()).rejects.toMatchObject({
      kind: 'interrupted',
      message: expect.stringMatching(
        /Applied so far: ConfigMap dynamo-installer-chat and PersistentVolumeClaim/,
      ),
      hint: expect.stringMatching(/resume[\s\S]*undo/),
    });
    applying.client.close();
    expect(await leases(cluster())).toEqual([]);
    const { told } = await applyTo(cluster(), { objects, name: 'chat' });
    expect(told).toEqual([
      'PersistentVolumeClaim dynamo-model-cache: left',
      'ConfigMap dynamo-installer-chat: unchanged',
      expect.stringMatching(/^Job .*: created$/),
      'DynamoGraphDeployment chat: created',
    ]);
  });

  test('the lease of a dead process of this machine is taken over at once', async () => {
    await cluster().objects.create(lease('test@here/2', 0));
    const { told } = await applyTo(cluster(), { objects, name: 'chat', isAlive: pid => pid !== 2 });
    expect(told.length).toBe(objects.length + 1);
    expect(await leases(cluster())).toEqual([]);
  });

  test('a lease that ran out is taken over', async () => {
    await cluster().objects.create(lease('bob@elsewhere/2', 3_600_000));
    const { told } = await applyTo(cluster(), { objects, name: 'chat' });
    expect(told.length).toBe(objects.length + 1);
    expect(await leases(cluster())).toEqual([]);
  });

  test('of two at the same time one applies and one is told who does', async () => {
    const settled = await Promise.allSettled([
      applyTo(cluster(), { objects, name: 'chat', holder: 'test@here/1' }),
      applyTo(cluster(), { objects, name: 'chat', holder: 'test@here/2' }),
    ]);
    const failed = settled.filter(one => one.status === 'rejected');
    for (const { reason } of failed)
      expect(reason).toMatchObject({ message: expect.stringContaining('test@here') });
    expect(settled.filter(one => one.status === 'fulfilled').length).toBeGreaterThan(0);
    expect(await leases(cluster())).toEqual([]);
  });
});
