/** What a change of settings does to the pods: upgrades across every pair of neighbouring releases, scaling, other changes. */

import { describe, expect, it } from 'vitest';
import { changes } from '../../../../../src/components/nvidia-platform/dynamo-vllm/changes/changes.ts';
import { lines } from '../../../../../src/components/nvidia-platform/dynamo-vllm/dialect.ts';
import type { RoleChange } from '../../../../../src/core/changes.ts';
import type { KubernetesObject } from '../../../../../src/core/manifest.ts';
import type { Value } from '../../../../../src/core/schema.ts';
import { draftFrom } from '../../../../kit/draft.ts';

type Answers = Readonly<Record<string, Value>>;

const change = (before: Answers, after: Answers, live: KubernetesObject | null = null) =>
  changes.roles({
    before: draftFrom(before),
    after: draftFrom(after),
    live,
    operatorRelease: String(after['release'] ?? '0.9.1'),
  });

const graphOf = (answers: Answers): KubernetesObject => {
  const found = draftFrom(answers).manifests.find(({ object }) => object.kind === 'DynamoGraphDeployment');
  if (found === undefined) throw new Error('no graph was rendered');
  return found.object;
};

const role = (all: readonly RoleChange[], name: string): RoleChange => {
  const found = all.find(one => one.role === name);
  if (found === undefined) throw new Error(`no role ${name}`);
  return found;
};

const fates = (all: readonly RoleChange[]) => all.map(({ role: name, fate }) => `${name} ${fate}`);

/** 0.8.0 → 0.9.0, … 1.5.0 → 1.6.0. */
const releases = lines.map(({ line }) => `${line}.0`).reverse();
const pairs = releases.slice(1).map((after, at) => [releases[at] ?? '', after] as const);

const renamedWeight: Readonly<Record<string, string[]>> = {
  '1.0.0': ['DYN_KV_OVERLAP_SCORE_WEIGHT=2 is now DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT=2'],
  '1.2.0': ['DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT=2 is now DYN_ROUTER_PREFILL_LOAD_SCALE=2'],
};

const modes: readonly Answers[] = [
  { mode: 'aggregated', kvRouter: true, routerOverlapWeight: 2 },
  { mode: 'disaggregated', kvRouter: true, routerOverlapWeight: 2 },
];

describe.each(pairs)('an upgrade from %s to %s', (before, after) => {
  it.each(modes)('renders and replaces every pod ($mode)', answers => {
    const upgraded = draftFrom({ ...answers, release: after });
    expect(upgraded.findings.filter(({ level }) => level === 'error')).toEqual([]);
    const all = change({ ...answers, release: before }, { ...answers, release: after });
    expect(new Set(all.map(({ fate }) => fate))).toEqual(new Set(['replaced']));
    for (const one of all) expect(one.reasons).toContain('image');
  });

  it('tells what is called otherwise, and nothing of the model', () => {
    const answers = { mode: 'disaggregated', kvRouter: true, routerOverlapWeight: 2 };
    const all = change({ ...answers, release: before }, { ...answers, release: after });
    const details = all.flatMap(one => one.details);
    const [decode, frontend] = [role(all, 'decode').details, role(all, 'Frontend').details];
    expect(decode.includes('--is-decode-worker is now --disaggregation-mode decode')).toBe(
      before === '0.9.0',
    );
    const weight = frontend.filter(line => line.includes('OVERLAP'));
    expect(weight).toEqual(renamedWeight[after] ?? []);
    expect(details.filter(line => /--model |--served-model-name/.test(line))).toEqual([]);
    for (const line of details) expect(line.length).toBeLessThan(200);
  });

  it('reads the deployment as it lives, in the version it was written in', () => {
    const answers = { mode: 'disaggregated' };
    const same = { ...answers, release: after };
    expect(fates(change(same, same, graphOf({ ...answers, release: before })))).toEqual([
      'Frontend replaced',
      'prefill replaced',
      'decode replaced',
    ]);
  });
});

describe('scaling', () => {
  it.each<[Answers, Answers, string[]]>([
    [{}, { replicas: 3 }, ['Frontend kept', 'worker scaled']],
    [
      { mode: 'disaggregated', release: '1.6.1' },
      { prefillReplicas: 2 },
      ['Frontend kept', 'prefill scaled', 'decode kept'],
    ],
    [{ replicas: 4 }, { replicas: 1 }, ['Frontend kept', 'worker scaled']],
  ])('%o to %o restarts nothing', (before, more, expected) => {
    const all = change(before, { ...before, ...more });
    expect(fates(all)).toEqual(expected);
    for (const one of all) expect([one.reasons, one.details]).toEqual([[], []]);
  });

  it('changes nothing else in what is rendered', () => {
    const bare = (answers: Answers) => {
      const { metadata: _, ...graph } = graphOf(answers);
      return JSON.stringify(graph).replaceAll(/"replicas":\d+/g, '');
    };
    const rest = (answers: Answers) =>
      draftFrom(answers).manifests.filter(({ object }) => object.kind !== 'DynamoGraphDeployment');
    const specs = (answers: Answers) =>
      rest(answers).map(({ object }) => [object.metadata.name, object['spec']]);
    expect(bare({ replicas: 3 })).toBe(bare({}));
    expect(specs({ replicas: 3 })).toEqual(specs({}));
  });

  it('of a deployment that was changed by hand says that its pods are replaced, and how many there were', () => {
    const live = graphOf({ replicas: 2, vllmArgs: '--max-model-len 512' });
    const worker = role(change({}, { replicas: 3 }, live), 'worker');
    expect(worker).toMatchObject({ fate: 'replaced', before: 2, after: 3, reasons: ['arguments'] });
  });
});

describe('other changes', () => {
  it('name the argument with both values', () => {
    const worker = role(
      change({ vllmArgs: '--max-model-len 4096 --enforce-eager' }, { vllmArgs: '--max-model-len=8192 -O3' }),
      'worker',
    );
    expect(worker).toMatchObject({ fate: 'replaced', reasons: ['arguments'] });
    expect(worker.details).toEqual(['--max-model-len 8192 (was 4096)', '--enforce-eager goes', '-O3 comes']);
  });

  it('name variables, and never a secret', () => {
    const all = change(
      { modelCache: 'none', env: ['A=1', 'B=2'] },
      { modelCache: 'none', env: ['A=3'], hfTokenSecret: 'hf' },
    );
    expect(role(all, 'worker').details).toEqual([
      'A=3 (was 1)',
      'B=2 goes',
      'HF_TOKEN=(from the Secret hf) comes',
    ]);
  });

  it('from operator 1.0 on replace all workers, before that only those that changed', () => {
    const answers = { mode: 'disaggregated', release: '1.1.0' };
    const grown = { prefillExpertParallel: true };
    expect(fates(change(answers, { ...answers, ...grown }))).toEqual([
      'Frontend kept',
      'prefill replaced',
      'decode replaced',
    ]);
    const older = { ...answers, release: '0.9.1' };
    expect(fates(change(older, { ...older, ...grown }))).toEqual([
      'Frontend kept',
      'prefill replaced',
      'decode kept',
    ]);
  });

  it('that no noun names are found all the same', () => {
    const worker = role(change({}, { sharedMemory: '32Gi' }), 'worker');
    expect(worker).toMatchObject({ fate: 'replaced', reasons: ['pod template'] });
    expect(role(change({}, { updateStrategy: 'in-place' }), 'worker').fate).toBe('replaced');
  });

  it('of the mode bring roles and take others away', () => {
    expect(fates(change({}, { mode: 'disaggregated' }))).toEqual([
      'Frontend kept',
      'prefill added',
      'decode added',
      'worker removed',
    ]);
  });
});
