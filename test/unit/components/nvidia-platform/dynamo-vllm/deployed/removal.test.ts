/** Why a deployment does not go away, and when that is said. */

import { describe, expect, it } from 'vitest';
import {
  removalOutlook,
  stillThere,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/deployed/removal.ts';
import type { OperatorFact } from '../../../../../../src/core/cluster-facts.ts';
import type { Remains } from '../../../../../../src/core/deployed.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import { object, pod } from '../../../../../kit/namespace.ts';

const since = Date.parse('2026-11-21T10:00:00Z');
const deletionTimestamp = '2026-11-21T10:00:00Z';

const going = (kind: string, name: string, finalizers: readonly string[]): KubernetesObject =>
  object(
    kind === 'Deployment' ? 'apps/v1' : 'nvidia.com/v1alpha1',
    kind,
    name,
    {},
    {
      metadata: { deletionTimestamp, finalizers },
    },
  );

const operator = (available: number, args: readonly string[] = []): OperatorFact => ({
  namespace: 'platform',
  name: 'dynamo-operator',
  labels: {},
  replicas: 1,
  available,
  image: '',
  args,
});

const graph = going('DynamoGraphDeployment', 'chat', ['nvidia.com/finalizer']);

const at = (seconds: number, more: Partial<Remains>): Remains => ({
  namespace: 'team',
  now: since + seconds * 1000,
  since,
  graphs: [],
  children: [],
  pods: [],
  operators: [operator(1)],
  ...more,
});

describe('a deployment that is being removed', () => {
  it('says nothing while an operator still has time', () => {
    const outlook = removalOutlook(at(2, { graphs: [graph], operators: [] }));
    expect(outlook).toEqual({ hopeless: [], notices: [], lookAgainAt: since + 4_000 });
  });

  it.each([
    ['no operator', [], /there is none that watches this namespace/],
    ['an operator without pods', [operator(0)], /platform\/dynamo-operator has none of its 1 pods available/],
    [
      'an operator that watches another namespace',
      [operator(1, ['--restrictedNamespace=platform'])],
      /there is none that watches this namespace/,
    ],
  ])('is given up within seconds with %s', (_, operators, said) => {
    const { hopeless } = removalOutlook(at(5, { graphs: [graph], operators, pods: [pod('chat-0', {})] }));
    expect(hopeless).toHaveLength(1);
    expect(hopeless[0]).toMatchObject({ rule: 'uninstall-finalizer', level: 'error' });
    expect(hopeless[0]?.message).toMatch(said);
    expect(hopeless[0]?.message).toMatch(/DynamoGraphDeployment chat.*nvidia\.com\/finalizer/);
    expect(hopeless[0]?.hint).toMatch(/reinstall the Dynamo operator/i);
    expect(hopeless[0]?.hint).toContain(
      `kubectl -n team patch dynamographdeployment/chat --type=merge -p '{"metadata":{"finalizers":null}}'`,
    );
  });

  it('names the parts whose finalizers stay too', () => {
    const part = going('DynamoComponentDeployment', 'chat-worker', ['nvidia.com/finalizer']);
    const { hopeless } = removalOutlook(at(5, { graphs: [graph], children: [part], operators: [] }));
    expect(hopeless[0]?.hint).toContain('dynamographdeployment/chat dynamocomponentdeployment/chat-worker');
  });

  it('goes on waiting for an operator that runs, or that may not be read, and says so', () => {
    for (const operators of [[operator(1)], null]) {
      const { hopeless, notices } = removalOutlook(at(20, { graphs: [graph], operators }));
      expect(hopeless).toEqual([]);
      expect(notices).toMatchObject([{ rule: 'uninstall-finalizer', level: 'warning' }]);
    }
  });

  it("does not blame Dynamo's operator for somebody else's finalizer", () => {
    const guarded = going('DynamoGraphDeployment', 'chat', ['example.com/guard']);
    const { hopeless, notices } = removalOutlook(at(20, { graphs: [guarded], operators: [] }));
    expect(hopeless).toEqual([]);
    expect(notices[0]?.message).toMatch(/example\.com\/guard, which is not Dynamo's/);
  });

  it('names the node of pods that do not stop', () => {
    const late = pod('chat-0', {}, { metadata: { deletionTimestamp: '2026-11-21T10:01:00Z' } });
    expect(removalOutlook(at(70, { pods: [late] })).notices).toEqual([]);
    const [said] = removalOutlook(at(80, { pods: [late] })).notices;
    expect(said).toMatchObject({ rule: 'uninstall-pods', message: expect.stringMatching(/chat-0 on gpu-1/) });
    expect(said?.hint).toContain('kubectl get nodes gpu-1');
  });

  it('ends for objects that nobody collects, and leaves them alone', () => {
    const orphan = object('apps/v1', 'Deployment', 'chat-worker');
    expect(removalOutlook(at(50, { children: [orphan] })).hopeless).toEqual([]);
    const [said] = removalOutlook(at(61, { children: [orphan] })).hopeless;
    expect(said).toMatchObject({
      rule: 'uninstall-orphans',
      hint: expect.stringContaining('delete deployment/chat-worker'),
    });
  });

  it('says something about everything that is left at the end', () => {
    const silent = object('nvidia.com/v1alpha1', 'DynamoGraphDeployment', 'chat');
    expect(stillThere(at(300, { graphs: [silent] })).map(({ rule }) => rule)).toEqual(['uninstall-left']);
    expect(stillThere(at(300, { graphs: [graph] })).map(({ rule }) => rule)).toEqual(['uninstall-finalizer']);
    expect(stillThere(at(300, {}))).toEqual([]);
  });
});
