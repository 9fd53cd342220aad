import { describe, expect, test } from 'vitest';
import { settleClaim } from '../../../../src/commands/apply/claims.ts';
import type { ClaimFact } from '../../../../src/core/cluster-facts.ts';
import { ownLabels } from '../../../../src/core/ownership.ts';

const asked = (size: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'cache', namespace: 'team-a', labels: ownLabels('model-cache', null) },
  spec: {
    accessModes: ['ReadWriteMany'],
    storageClassName: 'efs',
    resources: { requests: { storage: size } },
  },
});

const live = (more: Partial<ClaimFact> = {}): ClaimFact => ({
  name: 'cache',
  accessModes: ['ReadWriteOnce'],
  storageClass: 'gp3',
  phase: 'Bound',
  size: '100Gi',
  capacity: '100Gi',
  volume: 'pv-1',
  labels: ownLabels('model-cache', null),
  ...more,
});

describe('a claim that is there', () => {
  test('is created when it is not', () => {
    expect(settleClaim(asked('50Gi'), null)).toEqual({ apply: asked('50Gi') });
  });

  test('keeps its size when less or as much is asked for', () => {
    expect(settleClaim(asked('50Gi'), live())).toHaveProperty('leave', expect.stringContaining('100Gi'));
    expect(settleClaim(asked('102400Mi'), live())).toHaveProperty('leave');
  });

  test('grows, and repeats what cannot change', () => {
    expect(settleClaim(asked('200Gi'), live())).toEqual({
      apply: {
        ...asked('200Gi'),
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'gp3',
          resources: { requests: { storage: '200Gi' } },
        },
      },
    });
  });

  test('cannot grow before it is bound', () => {
    expect(settleClaim(asked('200Gi'), live({ phase: 'Pending' }))).toHaveProperty(
      'leave',
      expect.stringContaining('Pending'),
    );
  });

  test('of somebody else is never touched', () => {
    expect(settleClaim(asked('200Gi'), live({ labels: {} }))).toHaveProperty(
      'leave',
      expect.stringContaining('somebody else'),
    );
  });
});
