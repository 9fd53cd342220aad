import { describe, expect, it } from 'vitest';
import { adopt, inNamespace } from '../../../src/core/adopt.ts';
import type { KubernetesObject } from '../../../src/core/manifest.ts';

const object = (
  kind: string,
  metadata: Partial<KubernetesObject['metadata']> = {},
  more: Record<string, unknown> = {},
): KubernetesObject => ({ apiVersion: 'v1', kind, metadata: { name: 'x', ...metadata }, ...more });

const labelsOf = (given: KubernetesObject): unknown => adopt([given], 'chat').objects[0]?.metadata.labels;

describe('adopt', () => {
  it('adds the three labels and touches nothing else', () => {
    const given = object('DynamoGraphDeployment', { labels: { team: 'a' } }, { spec: { x: 1 } });
    const { objects, findings } = adopt([given], 'chat');
    expect(objects).toEqual([
      {
        ...given,
        metadata: {
          name: 'x',
          labels: {
            team: 'a',
            'app.kubernetes.io/managed-by': 'dynamo-installer',
            'app.kubernetes.io/instance': 'chat',
            'app.kubernetes.io/component': 'deployment',
          },
        },
      },
    ]);
    expect(findings).toMatchObject([
      { rule: 'labels-added', level: 'info', message: expect.stringContaining('DynamoGraphDeployment x') },
    ]);
    expect(given.metadata.labels).toEqual({ team: 'a' });
  });

  it('gives what deployments share no instance, and keeps a component that is named', () => {
    for (const kind of ['PersistentVolumeClaim', 'Secret'])
      expect(labelsOf(object(kind))).not.toHaveProperty(['app.kubernetes.io/instance']);
    expect(labelsOf(object('Job', { labels: { 'app.kubernetes.io/component': 'mine' } }))).toMatchObject({
      'app.kubernetes.io/component': 'mine',
      'app.kubernetes.io/instance': 'chat',
    });
  });

  it('says nothing of our own, and leaves what another tool claims', () => {
    const own = object('Job', { labels: { 'app.kubernetes.io/managed-by': 'dynamo-installer' } });
    const helm = object('Job', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } });
    const space = object('Namespace');
    const { objects, findings } = adopt([own, helm, space], 'chat');
    expect(objects).toEqual([own, helm, space]);
    expect(findings).toMatchObject([
      { rule: 'labels-of-others', level: 'warning', message: expect.stringMatching(/Job x.*by Helm/) },
    ]);
  });
});

describe('a namespace', () => {
  it('is given where none is named, and to nothing that lives in none', () => {
    expect(inNamespace(object('Job'), 'ns').metadata.namespace).toBe('ns');
    expect(inNamespace(object('Job', { namespace: 'other' }), 'ns').metadata.namespace).toBe('other');
    expect(inNamespace(object('ClusterRole'), 'ns').metadata).not.toHaveProperty('namespace');
  });
});
