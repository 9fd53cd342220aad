import { describe, expect, it } from 'vitest';
import { claimFact, storageClassFact } from '../../../src/cluster/survey/storage.ts';
import { boundVolumes, volumeFact } from '../../../src/cluster/survey/volumes.ts';

describe('storage classes', () => {
  it.each([
    ['storageclass.kubernetes.io/is-default-class', 'true', true],
    ['storageclass.beta.kubernetes.io/is-default-class', 'true', true],
    ['storageclass.kubernetes.io/is-default-class', 'false', false],
  ])('%s: %s', (mark, value, isDefault) => {
    const written = {
      metadata: { name: 'gp3', annotations: { [mark]: value } },
      provisioner: 'ebs.csi.aws.com',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    };
    expect(storageClassFact(written)).toEqual({
      name: 'gp3',
      provisioner: 'ebs.csi.aws.com',
      isDefault,
      bindingMode: 'WaitForFirstConsumer',
      expandable: true,
    });
  });

  it('bind at once and cannot grow unless they say so', () => {
    expect(storageClassFact({ metadata: { name: 'nfs' } })).toMatchObject({
      bindingMode: 'Immediate',
      expandable: false,
      isDefault: false,
    });
  });
});

describe('claims', () => {
  it('tell what was asked for and what was given', () => {
    const claim = {
      metadata: { name: 'model-cache', labels: { a: '1' } },
      spec: {
        accessModes: ['ReadWriteMany'],
        storageClassName: 'efs',
        volumeName: 'pvc-1',
        resources: { requests: { storage: '100Gi' } },
      },
      status: { phase: 'Bound', capacity: { storage: '8Ei' } },
    };
    expect(claimFact(claim)).toEqual({
      name: 'model-cache',
      accessModes: ['ReadWriteMany'],
      storageClass: 'efs',
      phase: 'Bound',
      size: '100Gi',
      capacity: '8Ei',
      volume: 'pvc-1',
      labels: { a: '1' },
    });
  });

  it('name a class in the old way, or none', () => {
    const annotations = { 'volume.beta.kubernetes.io/storage-class': 'slow' };
    expect(claimFact({ metadata: { name: 'c', annotations } }).storageClass).toBe('slow');
    expect(claimFact({ metadata: { name: 'c' }, status: { phase: 'Pending' } })).toMatchObject({
      storageClass: null,
      size: null,
      capacity: null,
      volume: null,
    });
  });
});

describe('volumes', () => {
  const term = (...keys: readonly (readonly [string, readonly string[]])[]) => ({
    matchExpressions: keys.map(([key, values]) => ({ key, operator: 'In', values })),
  });
  const volume = (...nodeSelectorTerms: ReturnType<typeof term>[]) =>
    volumeFact({
      metadata: { name: 'v', annotations: { 'pv.kubernetes.io/provisioned-by': 'rancher.io/local-path' } },
      spec: { nodeAffinity: { required: { nodeSelectorTerms } } },
    });

  it.each([
    'topology.kubernetes.io/zone',
    'failure-domain.beta.kubernetes.io/zone',
    'topology.ebs.csi.aws.com/zone',
    'topology.gke.io/zone',
  ])('stand in the zones that %s names', key => {
    expect(
      volume(term(['topology.kubernetes.io/region', ['us-west-2']], [key, ['us-west-2a']])).zones,
    ).toEqual(['us-west-2a']);
  });

  it('stand in every zone of their terms; a term without one allows all', () => {
    const zone = (name: string) => term(['topology.kubernetes.io/zone', [name]]);
    expect(volume(zone('a'), zone('b'), zone('a')).zones).toEqual(['a', 'b']);
    expect(volume(zone('a'), term(['kubernetes.io/hostname', ['n']])).zones).toEqual([]);
    expect(volume(zone('')).zones).toEqual([]);
  });

  it('may be bound to one node, and name their driver', () => {
    expect(volume(term(['kubernetes.io/hostname', ['n1']]))).toEqual({
      name: 'v',
      zones: [],
      nodes: ['n1'],
      driver: 'rancher.io/local-path',
    });
    expect(volumeFact({ metadata: { name: 'v' }, spec: { csi: { driver: 'efs.csi.aws.com' } } })).toEqual({
      name: 'v',
      zones: [],
      nodes: [],
      driver: 'efs.csi.aws.com',
    });
  });

  it('are asked for where they matter most, and not without end', () => {
    const claim = (name: string, mode: string, labels = {}) =>
      claimFact({
        metadata: { name, labels },
        spec: { volumeName: `pv-${name}`, accessModes: [mode] },
        status: { phase: 'Bound' },
      });
    const many = Array.from({ length: 12 }, (_, at) => claim(`data-${at}`, 'ReadWriteOnce'));
    const own = claim('own', 'ReadWriteOnce', { 'app.kubernetes.io/managed-by': 'dynamo-installer' });
    const wanted = boundVolumes([...many, claim('shared', 'ReadWriteMany'), own]);
    expect(wanted.slice(0, 3)).toEqual(['pv-own', 'pv-shared', 'pv-data-0']);
    expect(wanted.length).toBe(8);
  });
});
