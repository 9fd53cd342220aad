/** Deployments in columns of 80 and less, and without a limit. */

import { describe, expect, it } from 'vitest';
import {
  ageText,
  headLines,
  type ListOptions,
  listLines,
  roleLines,
  type Verified,
} from '../../../src/output/deployments.ts';
import { paintFor } from '../../../src/output/paint.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const layout: ListOptions = { now, paint: paintFor(false), wide: false, columns: 80 };

const one: Verified = {
  name: 'qwen3-30b-a3b-instruct-25',
  namespace: 'dynamo-system-of-team-a',
  model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
  mode: 'disaggregated',
  release: '0.9.1',
  apiVersion: 'nvidia.com/v1alpha1',
  image: null,
  roles: [
    { name: 'Frontend', ready: 1, wanted: 1, gpus: 0 },
    { name: 'decode', ready: 1, wanted: 4, gpus: 2 },
  ],
  gpus: 8,
  state: 'not ready',
  createdAt: now - 3 * 3_600_000,
  address: 'http://qwen3-frontend.dynamo-system.svc.cluster.local:8000/v1',
  conditions: [],
  lastVerify: { at: now - 130_000, by: '0.3.0', firstTokenMs: 384.6 },
};

describe('a list of deployments', () => {
  it('fits 80 columns, whatever the names', () => {
    const lines = listLines([one, { name: 'b', namespace: 'c' }], layout);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
    // Names are typed again: they are whole, and other columns give way.
    expect(lines[1]).toMatch(
      /^ {2}qwen3-30b-a3b-instruct-25 {2}dynamo-system-of-team-a +8 +2\/5 {2}not ready$/,
    );
    expect(lines[2]).toMatch(/ left over$/);
  });

  it('shows everything in 80 columns where names are short', () => {
    const short = { ...one, name: 'chat', namespace: 'team' };
    const [head = '', line = ''] = listLines([short], layout);
    expect(head.trim().split(/ +/)).toEqual([
      'name',
      'namespace',
      'model',
      'mode',
      'GPUs',
      'ready',
      'release',
      'age',
      'state',
    ]);
    expect(line).toMatch(/ Qwen.*….*-FP8 {2}disagg/);
    expect(line.length).toBeLessThan(80);
  });

  it('cuts nothing when it may be wide', () => {
    const [head = '', line = ''] = listLines([one], { ...layout, wide: true });
    expect(line).toContain(one.model);
    expect(line).toContain(one.address);
    expect(head.indexOf('address')).toBe(line.indexOf('http://'));
    expect(line).toContain('  2m ago');
    expect(listLines([{ ...one, lastVerify: null }], { ...layout, wide: true })[1]).toContain('  unknown');
  });

  it('says ages with one unit', () => {
    expect([0, 59_999, 60_000, 7_200_000, 47 * 3_600_000, 72 * 3_600_000].map(ageText)).toEqual([
      '0s',
      '59s',
      '1m',
      '2h',
      '47h',
      '3d',
    ]);
  });
});

describe('the head of a status', () => {
  it('tells when an answer was last verified, by what, and how soon it came', () => {
    const line = (lastVerify: Verified['lastVerify']) =>
      headLines({ ...one, lastVerify }, 8, layout)
        .find(text => text.includes('Verified'))
        ?.trim();
    expect(line(one.lastVerify)).toMatch(/^Verified +2m ago, by version 0\.3\.0, first token after 385 ms$/);
    expect(line({ at: now, by: '1', firstTokenMs: null })).toMatch(/0s ago, by version 1$/);
    expect(line(null)).toMatch(/^Verified +unknown$/);
  });
});

describe('the roles of a deployment', () => {
  it('counts nodes when there are several, and names them all when it may be wide', () => {
    const role = {
      role: 'decode',
      ready: 1,
      wanted: 2,
      stage: 'loading weights 3/12',
      stageSince: now - 62_000,
      nodes: ['gpu-1', 'gpu-2', 'gpu-3'],
      gpus: 4,
      restarts: 1,
      note: 'Karpenter brings a node',
    };
    expect(roleLines([role], layout)).toEqual([
      '  role    ready  stage                  time  GPUs  restarts  nodes',
      '  decode    1/2  loading weights 3/12  01:02     4         1  gpu-1 and 2 more',
      '  decode: Karpenter brings a node',
    ]);
    expect(roleLines([role], { ...layout, wide: true })[1]).toContain('gpu-1,gpu-2,gpu-3');
  });
});
