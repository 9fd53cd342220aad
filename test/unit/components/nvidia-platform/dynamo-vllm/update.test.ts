/** How workers are replaced: what the operator makes of the annotations, and where they are written. */

import { describe, expect, it } from 'vitest';
import { budgetOf } from '../../../../../src/components/nvidia-platform/dynamo-vllm/update.ts';
import { draftFrom } from '../../../../kit/draft.ts';

const surge = 'nvidia.com/deployment-rolling-update-max-surge';
const unavailable = 'nvidia.com/deployment-rolling-update-max-unavailable';

describe('the budget of an update', () => {
  it.each([
    [1, {}, { surge: 1, unavailable: 0 }],
    [3, {}, { surge: 1, unavailable: 0 }],
    [4, {}, { surge: 1, unavailable: 1 }],
    [9, {}, { surge: 3, unavailable: 2 }],
    [2, { [surge]: '0', [unavailable]: '1' }, { surge: 0, unavailable: 1 }],
    [4, { [surge]: '0', [unavailable]: '100%' }, { surge: 0, unavailable: 4 }],
    [2, { [surge]: '0', [unavailable]: '25%' }, { surge: 1, unavailable: 0 }],
    [2, { [surge]: 'many' }, { surge: 1, unavailable: 0 }],
    [3, { 'nvidia.com/deployment-strategy': 'Recreate' }, { surge: 0, unavailable: 3 }],
  ])('of %i replicas with %o', (replicas, said, budget) => {
    expect(budgetOf(said, replicas)).toEqual(budget);
  });
});

const graphText = (release: string, updateStrategy: string | null): string =>
  draftFrom({ release, ...(updateStrategy === null ? {} : { updateStrategy }) }).manifests.find(
    ({ object }) => object.kind === 'DynamoGraphDeployment',
  )?.text ?? '';

describe('the annotations', () => {
  it.each(['0.9.1', '1.6.1'])('stand at the workers of %s, and nowhere else', release => {
    const text = graphText(release, 'in-place');
    expect(text.match(/max-surge": "0"/g)).toHaveLength(1);
    expect(text.indexOf('max-surge')).toBeGreaterThan(text.indexOf('worker'));
    expect(
      draftFrom({ release, updateStrategy: 'in-place' }).findings.filter(f => f.level === 'error'),
    ).toEqual([]);
    expect(graphText(release, 'recreate')).toContain('max-unavailable": "100%"');
  });

  it.each([null, 'rolling'])('are left out with the strategy %s', strategy => {
    expect(graphText('1.6.1', strategy)).not.toContain('max-surge');
  });

  it('stand in the template of the pods where the API has no other place', () => {
    const { object } = draftFrom({ release: '1.6.1', updateStrategy: 'in-place' }).manifests.find(
      one => one.object.kind === 'DynamoGraphDeployment',
    ) ?? { object: { spec: {} } };
    const { components } = object.spec as {
      components: { podTemplate: { metadata: { annotations?: object } } }[];
    };
    expect(components.map(({ podTemplate }) => podTemplate.metadata.annotations)).toEqual([
      undefined,
      { [surge]: '0', [unavailable]: '1' },
    ]);
  });
});
