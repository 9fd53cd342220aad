import { describe, expect, test } from 'vitest';
import { applyAll } from '../../../../src/commands/apply/apply.ts';
import { applyCatalogue } from '../../../../src/core/catalogue-apply.ts';
import type { ClusterFacts, Labels } from '../../../../src/core/cluster-facts.ts';
import { ownLabels } from '../../../../src/core/ownership.ts';
import type { CliError } from '../../../../src/errors.ts';
import { claim, emptyFacts, graph, job, live, type Play, played, refusal } from './playedApi.ts';

const failure = async (work: Promise<unknown>): Promise<CliError> => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof Error) || !('findings' in error)) throw new Error(`No CliError: ${error}`);
  return error as CliError;
};

const isJob = (path: string): boolean => path.endsWith('/jobs/chat-download-1');

describe('the order', () => {
  test('tries all, takes the lease, writes each once, gives the lease back', async () => {
    const { args, calls, events } = played(() => undefined);
    const outcome = await applyAll(args);
    expect(calls).toEqual([
      'PATCH configmaps/dynamo-installer-chat (dry)',
      'PATCH persistentvolumeclaims/cache (dry)',
      'PATCH jobs/chat-download-1 (dry)',
      'PATCH dynamographdeployments/chat (dry)',
      'POST team-a/leases',
      'PATCH configmaps/dynamo-installer-chat',
      'PATCH persistentvolumeclaims/cache',
      'PATCH jobs/chat-download-1',
      'PATCH dynamographdeployments/chat',
      'DELETE leases/dynamo-installer-chat',
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(outcome.changes.map(({ change }) => change)).toEqual(Array(4).fill('created'));
  });

  test('a refusal in the middle says where, what is there, and how to go on', async () => {
    const play: Play = (ask, isDry) =>
      ask.path.endsWith('/dynamographdeployments/chat') && !isDry
        ? refusal(
            500,
            'failed (500): failed calling webhook "vdynamographdeployment.kb.io": failed to call webhook: Post "https://op.sys.svc:443/": connection refused.',
          )
        : undefined;
    const { args, calls } = played(play);
    const error = await failure(applyAll(args));
    expect(error).toMatchObject({
      kind: 'unavailable',
      message:
        'Applying stopped at DynamoGraphDeployment chat. Applied so far: ConfigMap dynamo-installer-chat, PersistentVolumeClaim cache and Job chat-download-1.',
      hint: expect.stringContaining('./cli go-on'),
    });
    expect(error.findings[0]?.rule).toBe('admission-webhook-down');
    expect(calls.at(-1)).toBe('DELETE leases/dynamo-installer-chat');
  });

  test('deprecations are collected once and told nowhere', async () => {
    const old = 'nvidia.com/v1alpha1 DynamoGraphDeployment is deprecated';
    const { args, events } = played(ask =>
      ask.path.includes('dynamographdeployments')
        ? { ...live(graph), status: 201, warnings: [old] }
        : undefined,
    );
    const { warnings } = await applyAll(args);
    expect(warnings).toEqual([old]);
    expect(JSON.stringify(events)).not.toContain('deprecated');
  });

  test('a missing permission on one object ends with its own exit code', async () => {
    const words =
      'jobs.batch "x" is forbidden: User "ann" cannot patch resource "jobs" in API group "batch" in the namespace "team-a"';
    const { args, calls } = played(ask => (isJob(ask.path) ? refusal(403, words) : undefined));
    expect(await failure(applyAll(args))).toMatchObject({
      kind: 'forbidden',
      findings: [{ rule: 'apply-forbidden' }],
    });
    expect(calls.filter(call => !call.endsWith('(dry)'))).toEqual([]);
  });

  test('a version that is not served is told with those that are', async () => {
    const served = [
      {
        group: 'nvidia.com',
        version: 'v1beta1',
        kind: 'DynamoGraphDeployment',
        plural: 'dynamographdeployments',
        namespaced: true,
      },
    ];
    const cluster: ClusterFacts = { ...emptyFacts, served: { kind: 'read', value: served } };
    const { args } = played(
      ask =>
        ask.path.includes('/v1alpha1/') ? refusal(404, 'Not found (404): 404 page not found') : undefined,
      { cluster, objects: [graph] },
    );
    const [finding] = (await failure(applyAll(args))).findings;
    expect(finding?.rule).toBe('kind-not-served');
    expect(finding?.message).toMatch(/chat .*nvidia\.com\/v1alpha1.*serves nvidia\.com\/v1beta1/);
    expect(Object.keys(applyCatalogue)).toContain(finding?.rule);
  });
});

test('an object for another namespace that is missing is told before anything is written', async () => {
  const { args, calls } = played(
    ask =>
      ask.path.includes('/namespaces/team-b/')
        ? refusal(404, 'Not found (404): namespaces "team-b" not found')
        : undefined,
    { objects: [{ ...job, metadata: { ...job.metadata, namespace: 'team-b' } }] },
  );
  const [finding] = (await failure(applyAll(args))).findings;
  expect(finding).toMatchObject({
    rule: 'apply-namespace-missing',
    message: expect.stringContaining('team-b'),
  });
  expect(calls.every(call => call.endsWith('(dry)'))).toBe(true);
});

describe('the token', () => {
  const token = { value: 'hf_quite-secret' };
  const secret = { token, secretName: 'hf-token-secret' };

  test('is tried with another value and sent once', async () => {
    const { args, bodies } = played(() => undefined, secret);
    await applyAll(args);
    const base64 = Buffer.from(token.value).toString('base64');
    expect(bodies.filter(body => JSON.stringify(body ?? '').includes(base64)).length).toBe(1);
  });

  test('stands in no error, whoever wrote it', async () => {
    const base64 = Buffer.from(token.value).toString('base64');
    const words = `denied: data.HF_TOKEN ${base64} (${token.value}) is not allowed`;
    const { args } = played(
      (ask, isDry) =>
        ask.path.endsWith('/secrets') && !isDry
          ? refusal(422, words, [{ reason: 'x', message: words, field: 'data' }])
          : undefined,
      secret,
    );
    const error = await failure(applyAll(args));
    const text = JSON.stringify([error.message, error.hint, error.findings, error.stack]);
    expect(text).toContain('is not allowed');
    expect([text.includes(token.value), text.includes(base64)]).toEqual([false, false]);
  });

  test('a Secret that came meanwhile is as good', async () => {
    const { args, events } = played(
      ask => (ask.path.endsWith('/secrets') ? refusal(409, 'already exists') : undefined),
      secret,
    );
    await applyAll(args);
    expect(events[0]).toMatchObject({ kind: 'applied', ref: { kind: 'Secret' }, change: 'unchanged' });
  });
});

describe('a Job of that name', () => {
  const finished = (type: string) => ({ ...job, status: { conditions: [{ type, status: 'True' }] } });
  const ours: ClusterFacts = {
    ...emptyFacts,
    claims: {
      kind: 'read',
      value: [
        {
          name: 'cache',
          labels: claim.metadata.labels ?? {},
          size: '10Gi',
          phase: 'Bound',
          accessModes: [],
          storageClass: null,
          capacity: null,
          volume: null,
        },
      ],
    },
    jobs: {
      kind: 'read',
      value: [
        {
          name: job.metadata.name,
          labels: job.metadata.labels ?? {},
          annotations: {},
          managers: [],
          deleting: false,
        },
      ],
    },
  };
  const writesTo = (calls: readonly string[]) =>
    calls.filter(call => call.includes('jobs/') && !call.endsWith('(dry)'));
  const run = async (status: object, cluster: ClusterFacts) => {
    const { args, calls } = played(
      (ask, isDry) => {
        if (ask.method === 'GET')
          return { status: 200, body: { items: [], metadata: { resourceVersion: '9' } }, warnings: [] };
        return isJob(ask.path) && isDry ? live(status) : undefined;
      },
      { cluster },
    );
    await applyAll(args);
    return writesTo(calls);
  };

  test('that runs or is done is not touched', async () => {
    expect(await run(job, ours)).toEqual([]);
    expect(await run(finished('Complete'), ours)).toEqual([]);
  });

  test('that failed is removed and made anew', async () => {
    const calls = await run(finished('Failed'), ours);
    expect([calls[0], calls.at(-1)]).toEqual(['DELETE jobs/chat-download-1', 'PATCH jobs/chat-download-1']);
  });

  test('of former settings is removed once the new ones are written, and no other', async () => {
    const fact = (name: string, labels: Labels, deleting = false) => ({
      ...{ name, labels, annotations: {}, managers: [], deleting },
    });
    const own = job.metadata.labels ?? {};
    const cluster = (...more: ReturnType<typeof fact>[]): ClusterFacts => ({
      ...ours,
      jobs: { kind: 'read', value: [fact(job.metadata.name, own), ...more] },
    });
    const seen = cluster(
      fact('chat-download-0', own),
      fact('chat-download-going', own, true),
      fact('other-download-0', ownLabels('model-download', 'other')),
      fact('theirs', { 'app.kubernetes.io/instance': 'chat' }),
    );
    expect(await run(finished('Complete'), seen)).toEqual(['DELETE jobs/chat-download-0']);
  });

  test('of former settings that may not be removed stays, and that is said', async () => {
    const own = job.metadata.labels ?? {};
    const former = { name: 'chat-download-0', labels: own, annotations: {}, managers: [], deleting: false };
    const { args, events } = played(
      ({ method }) => (method === 'DELETE' ? refusal(403, 'Not you.') : undefined),
      { cluster: { ...ours, jobs: { kind: 'read', value: [former] } } },
    );
    await applyAll(args);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'left',
        ref: expect.objectContaining({ kind: 'Job', name: 'chat-download-0' }),
        why: 'is of former settings and stays: Not you.',
      }),
    );
  });

  test('that was done for a claim which is gone is made anew', async () => {
    const calls = await run(finished('Complete'), { ...ours, claims: { kind: 'read', value: [] } });
    expect([calls[0], calls.at(-1)]).toEqual(['DELETE jobs/chat-download-1', 'PATCH jobs/chat-download-1']);
  });
});

describe('what came after the survey', () => {
  test('a claim that somebody else made is used as it is', async () => {
    const { args, events } = played(ask => {
      if (!ask.path.endsWith('/persistentvolumeclaims/cache')) return undefined;
      return ask.method === 'GET' ? live({ ...claim, spec: {} }, { name: 'cache', labels: {} }) : live(claim);
    });
    await applyAll(args);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'left', ref: expect.objectContaining({ name: 'cache' }) }),
    );
  });

  test('an object that only this program wrote is its own without asking', async () => {
    const managedFields = [{ manager: 'dynamo-installer', operation: 'Apply' }];
    const { args, calls } = played(ask =>
      ask.path.includes('dynamographdeployments') ? live(graph, { managedFields }) : undefined,
    );
    await applyAll(args);
    expect(calls.filter(call => call.startsWith('GET'))).toEqual([]);
  });

  test('one that others wrote too is asked for, and left when it is not', async () => {
    const managedFields = [{ manager: 'dynamo-installer' }, { manager: 'helm' }];
    const { args } = played(ask => {
      if (!ask.path.includes('dynamographdeployments')) return undefined;
      return live(graph, ask.method === 'GET' ? { labels: {} } : { managedFields });
    });
    expect(await failure(applyAll(args))).toMatchObject({
      kind: 'refused',
      findings: [{ rule: 'apply-foreign', message: expect.stringContaining('helm') }],
    });
  });
});

test('a controller that writes in between makes no change of ours', async () => {
  const at = (time: string, resourceVersion: string) =>
    live(graph, {
      resourceVersion,
      managedFields: [{ manager: 'dynamo-installer', operation: 'Apply', time }],
    });
  const { args } = played(
    (ask, isDry) => {
      if (ask.path.endsWith('/leases'))
        return { ...live({ metadata: {} }, { creationTimestamp: '2026-01-02T00:00:00Z' }), status: 201 };
      return ask.path.includes('dynamographdeployments')
        ? at('2026-01-01T00:00:00Z', isDry ? '7' : '8')
        : undefined;
    },
    { objects: [graph], settings: null },
  );
  expect((await applyAll(args)).changes.map(({ change }) => change)).toEqual(['unchanged']);
});
