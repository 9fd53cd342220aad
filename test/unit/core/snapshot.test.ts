/** What passes for a snapshot. */

import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { misshapen } from '../../../src/core/snapshot.ts';

const node = { name: 'a', labels: {}, taints: [], allocatable: { gpus: 1 } };
const read = (value: unknown) => ({ kind: 'read', value });

describe('a snapshot', () => {
  it.each<Json>([
    {},
    { operatorRelease: '1.3.1', gpuNodes: null, model: null },
    { cluster: { nodes: read([node]), use: { kind: 'forbidden', message: 'no' } } },
    { cluster: { nodes: read([node]), use: read([{ node: 'a', asked: { gpus: 1, cpuMilli: 0 } }]) } },
    { gpuNodes: [{ name: 'a', freeGpus: 2 }], secrets: ['x'], somethingNew: 1 },
  ])('may be %j', snapshot => {
    expect(misshapen(snapshot)).toBeUndefined();
  });
  it.each<[string, unknown]>([
    ['operatorRelease', 7],
    ['storageClasses', 5],
    ['storageClasses', [{ name: 'a' }]],
    ['claims', 'x'],
    ['secrets', [1]],
    ['gpuNodes', [{}]],
    ['model', { id: 1 }],
    ['cluster', { nodes: 'x' }],
    ['cluster', { nodes: { kind: 'forbidden' } }],
    ['cluster', { nodes: read([{ ...node, labels: undefined }]) }],
    ['cluster', { nodes: read([node]), use: read([{ node: 'a', asked: null }]) }],
  ])('has no %s such as %j', (key, value) => {
    expect(misshapen({ [key]: value })).toBe(key);
  });
});
