/** What a change starts from: the answers that are kept, and what may move them. */

import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/commands/context.ts';
import type { Deployment } from '../../../../src/commands/deployments.ts';
import { currentAnswers } from '../../../../src/commands/edit/answers.ts';
import {
  type Base,
  beneathOf,
  changedBy,
  draftChanged,
  draftCurrent,
} from '../../../../src/commands/edit/base.ts';
import { componentIndex } from '../../../../src/components/load.ts';
import { changes } from '../../../../src/components/nvidia-platform/dynamo-vllm/changes/changes.ts';
import { component } from '../../../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import { changedSettings } from '../../../../src/core/changed-settings.ts';
import { noFacts } from '../../../../src/core/component.ts';
import type { Layer, Values } from '../../../../src/core/settings.ts';
import { isCliError } from '../../../../src/errors.ts';
import { draftFrom } from '../../../kit/draft.ts';

const [entry] = componentIndex;
const context = {
  io: { version: '0.0.0-test' },
  options: { context: 'prod' },
  entry,
  table: component.settings,
  typed: {},
} as unknown as Context;

/** As an installation keeps them. */
const kept = (answers: Values): Values => draftFrom({ name: 'q', ...answers }).settings;

const baseOf = (answers: Values, beneath: readonly Layer[] = []): Base => ({
  context,
  component,
  changes,
  answers,
  beneath,
});

const none: Layer = { name: 'prompt', values: {} };
const flags = (values: Values): Layer => ({ name: 'flag', values });
const facts = { ...noFacts, operatorRelease: '0.9.1', secrets: ['hf-token-secret'], token: true };

const changedTo = (base: Base, values: Values) => draftChanged(base, flags(values), none, facts).draft;

const diff = (base: Base, values: Values) =>
  changedSettings(component.settings, draftCurrent(base).settings, changedTo(base, values).settings).map(
    ({ key, before, after: now }) => `${key}: ${String(before)} > ${String(now)}`,
  );

describe('a change', () => {
  const base = baseOf(kept({ model: 'Qwen/Qwen3-0.6B', modelCacheSize: '100Gi' }));

  it('of nothing is nothing, whatever is in the cluster by now', () => {
    expect(diff(base, {})).toEqual([]);
    expect(changedTo(base, {}).manifests.map(({ text }) => text)).toEqual(
      draftCurrent(base).manifests.map(({ text }) => text),
    );
  });

  it('of the number of pods changes only that', () => {
    expect(diff(base, { replicas: 3 })).toEqual(['replicas: 1 > 3']);
  });

  it('of the model lets go of what was worked out for the former one, and looks at the cluster', () => {
    expect(diff(base, { model: 'Qwen/Qwen3-32B' })).toEqual([
      'model: Qwen/Qwen3-0.6B > Qwen/Qwen3-32B',
      'modelCacheSize: 100Gi > 150Gi',
      'hfTokenSecret: null > hf-token-secret',
    ]);
  });

  it('of the release follows the operator that is there', () => {
    const at10 = { ...facts, operatorRelease: '1.1.0' };
    const { draft } = draftChanged(base, flags({ release: '1.0.2' }), none, at10);
    expect(draft.settings).toMatchObject({ release: '1.0.2', operatorRelease: '1.1.0' });
    expect(draftCurrent(base).settings).toMatchObject({ release: '0.9.1', operatorRelease: '0.9.1' });
  });

  it('of the mode takes along what both have, and refuses flags of the former', () => {
    const changed = changedTo(base, { mode: 'disaggregated', decodeReplicas: 2 });
    expect(changed.findings.filter(({ level }) => level === 'error')).toEqual([]);
    expect(changed.settings).toMatchObject({ mode: 'disaggregated', prefillReplicas: 1, decodeReplicas: 2 });
    expect(changed.settings).not.toHaveProperty('replicas');
    const wrong = changedTo(base, { decodeReplicas: 2 });
    expect(wrong.findings.map(({ rule }) => rule)).toContain('setting-not-applicable');
  });

  it('of the engine arguments moves a size that they say', () => {
    const changed = changedTo(base, { vllmArgs: '--tensor-parallel-size 2' });
    expect(changed.settings).toMatchObject({ tensorParallelSize: 2 });
    expect(changed.findings.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('does not carry on a check that was let through once', () => {
    const skipped = baseOf(kept({ skipCheck: ['update-deadlock', 'gpu-placement'] }));
    expect(changedTo(skipped, {}).settings['skipCheck']).toEqual(['gpu-placement']);
  });
});

describe('config.json', () => {
  const layers: Layer[] = [
    {
      name: 'config.json',
      values: { vllmArgs: '--other', decodeTensorParallelSize: 4, toleration: ['a=b'] },
    },
    { name: 'environment', values: { replicas: 9 } },
  ];

  it('changes no deployment by itself, and says what is usual for what meant nothing so far', () => {
    const answers = kept({});
    const base = baseOf(answers, beneathOf(context, layers, answers));
    expect(diff(base, {})).toEqual([]);
    expect(changedTo(base, { mode: 'disaggregated' }).settings).toMatchObject({
      decodeTensorParallelSize: 4,
    });
  });

  it('is no change where it says the same', () => {
    expect(
      changedBy(baseOf(kept({ replicas: 2 })), { replicas: 2, kvRouter: false, podMonitor: true }),
    ).toEqual(['podMonitor']);
  });
});

const deployment = (change: Partial<Deployment> = {}): Deployment => ({
  name: 'q',
  namespace: 'ns',
  graph: { apiVersion: 'nvidia.com/v1alpha1', kind: 'DynamoGraphDeployment', metadata: { name: 'q' } },
  answers: { model: 'a/b' },
  lastVerify: null,
  own: true,
  ...change,
});

const refusal = (given: Deployment): string => {
  try {
    currentAnswers(context, given);
  } catch (error) {
    if (isCliError(error))
      return [error.message, ...error.findings.map(one => one.message), error.hint].join('\n');
    throw error;
  }
  return '';
};

describe('the answers that are kept', () => {
  it('are taken with the name and namespace that they were found under', () => {
    const answers = { model: 'a/b', name: 'other', replicas: 2 };
    expect(currentAnswers(context, deployment({ answers }))).toEqual({
      model: 'a/b',
      name: 'q',
      namespace: 'ns',
      replicas: 2,
    });
  });

  it.each<[string, Partial<Deployment>, RegExp[]]>([
    [
      'of another owner',
      {
        own: false,
        graph: {
          ...deployment().graph,
          metadata: { name: 'q', labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
        },
      },
      [
        /not made by this program but by Helm/,
        /kubectl --context prod label -n ns dynamographdeployment q .*=dynamo-installer/,
        /--overwrite/,
      ],
    ],
    [
      'that are missing',
      { answers: null },
      [/ConfigMap dynamo-installer-q .* is missing/, /install --name q -n ns --context prod/],
    ],
    [
      'of another version',
      { answers: { model: 'a/b', warp: 9 } },
      [/"warp" is not a setting/, /another version/],
    ],
    ['with a wrong value', { answers: { replicas: 'many' } }, [/replicas: "many" is not a whole number/]],
  ])('%s are refused with what to do', (_, change, texts) => {
    const text = refusal(deployment(change));
    for (const one of texts) expect(text).toMatch(one);
  });
});
