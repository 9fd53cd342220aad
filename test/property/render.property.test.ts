/** Random valid settings: whatever a person may say, the manifests validate, carry every text unchanged, and the GPUs add up. */

import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../src/components/nvidia-platform/dynamo-vllm/graph.ts';
import type { Plan } from '../../src/components/nvidia-platform/dynamo-vllm/plan.ts';
import type { Draft } from '../../src/core/component.ts';
import { nameFromModel, wrongName } from '../../src/core/name.ts';
import type { Value } from '../../src/core/schema.ts';
import { joinWords, splitWords } from '../../src/core/words.ts';
import { yamlScalar } from '../../src/core/yaml.ts';
import { releases } from '../golden/cases.ts';
import { draftFrom } from '../kit/draft.ts';

/** Any text that no answer refuses: no control characters, no half of a surrogate pair. */
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter(value => !/\p{Cc}|\p{Cs}/u.test(value));
/** The same with everything that YAML, templates and shells find special. */
const nasty = fc.oneof(
  text,
  fc
    .array(
      fc.constantFrom(
        '{{',
        '}}',
        '$(',
        '`',
        '"',
        "'",
        '\\',
        ': ',
        ' #',
        '---',
        '- ',
        '|',
        '>',
        '&a',
        '*a',
        '!!',
        '%',
        '@',
        '\u2028',
        '\ufeff',
        '\uffff',
        '😀',
        'é',
        ' ',
        'x',
      ),
      { maxLength: 12 },
    )
    .map(parts => parts.join('')),
);

const size = fc.constantFrom(1, 2, 4);
const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/);
const variable = fc
  .tuple(fc.stringMatching(/^X_[A-Z]{1,8}$/), nasty)
  .map(([name, value]) => `${name}=${value}`);
const model = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/),
    fc
      .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._]{0,30}[A-Za-z0-9]$/)
      .filter(name => !name.includes('..') && !name.endsWith('.git')),
  )
  .map(([org, name]) => `${org}/${name}`);

const workers = fc.oneof(
  fc.record({
    mode: fc.constant('aggregated'),
    tensorParallelSize: size,
    pipelineParallelSize: size,
    expertParallel: fc.boolean(),
    replicas: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    mode: fc.constant('disaggregated'),
    prefillTensorParallelSize: size,
    decodeTensorParallelSize: size,
    prefillPipelineParallelSize: size,
    decodeExpertParallel: fc.boolean(),
    prefillReplicas: fc.integer({ min: 1, max: 9 }),
    decodeReplicas: fc.integer({ min: 1, max: 9 }),
  }),
);

const cache = fc.constantFrom<Record<string, Value>>(
  {},
  { modelCache: 'none' },
  { modelCache: 'claim:weights' },
  { modelCacheAccessMode: 'ReadWriteMany', storageClass: 'efs', modelCacheSize: '1Ti' },
);

const rest = fc.record({
  model,
  namespace: label,
  name: label,
  release: fc.constantFrom(...releases),
  kvRouter: fc.boolean(),
  routerTemperature: fc.double({ min: 0, max: 100, noNaN: true }),
  routerOverlapWeight: fc.double({ min: 0, max: 1000, noNaN: true }),
  env: fc.array(variable, { maxLength: 4 }),
  downloadEnv: fc.array(variable, { maxLength: 2 }),
  createNamespace: fc.boolean(),
  podMonitor: fc.boolean(),
  structuredLogging: fc.boolean(),
  toleration: fc.array(fc.constantFrom('a', 'a=b', 'a=b:NoExecute', 'c:NoSchedule'), { maxLength: 2 }),
  nodeSelector: fc.array(fc.constantFrom('a=b', 'x.y/z=1.5'), { maxLength: 2 }),
  sharedMemory: fc.constantFrom('1Gi', '20Gi'),
  hfTokenSecret: label,
  modelRevision: fc.constantFrom('main', 'v1.0', 'refs/pr/1'),
  imagePullSecret: fc.array(label, { maxLength: 2 }),
});

const kvbm = fc.oneof(
  fc.constant({}),
  fc.record({
    kvbm: fc.constant(true),
    kvbmCpuGb: fc.integer({ min: 1, max: 500 }),
    kvbmDiskGb: fc.integer({ min: 0, max: 900 }),
    kvbmDiskDir: fc.constantFrom('/tmp', '/mnt/kv'),
  }),
);

const answers = fc
  .tuple(rest, workers, cache, kvbm)
  .map(parts => Object.assign({}, ...parts) as Record<string, Value>)
  .filter(all => all.kvbm !== true || String(all.release) < '1.4');

const graphOf = (draft: Draft) =>
  draft.manifests.find(manifest => manifest.object.kind === 'DynamoGraphDeployment');

describe('10,000 random valid settings', () => {
  it('render to manifests that validate', () => {
    fc.assert(
      fc.property(answers, said => {
        const draft = draftFrom(said);
        expect(draft.findings.filter(found => found.level === 'error')).toEqual([]);
        const plan = draft.plan as unknown as Plan;
        const components = componentsOf(
          graphOf(draft)?.object ?? { apiVersion: '', kind: '', metadata: { name: '' } },
        );
        const gpus = components.reduce(
          (sum, component) => sum + Number(component.gpu ?? 0) * component.replicas,
          0,
        );
        expect(gpus).toBe(plan.gpus.total);
        expect(gpus).toBe(
          plan.roles.reduce(
            (sum, { parallelism, replicas }) =>
              sum +
              (parallelism === null
                ? 0
                : parallelism.tensor * parallelism.pipeline * parallelism.data * replicas),
            0,
          ),
        );
      }),
      { numRuns: 10_000 },
    );
  }, 600_000);

  it('are deterministic, also from the settings that a saved folder keeps, and mean the same to another reader', () => {
    fc.assert(
      fc.property(answers, said => {
        const draft = draftFrom(said);
        const texts = draft.manifests.map(manifest => manifest.text);
        expect(draftFrom(said).manifests.map(manifest => manifest.text)).toEqual(texts);
        expect(draftFrom(draft.settings).manifests.map(manifest => manifest.text)).toEqual(texts);
        for (const { text: yaml, object } of draft.manifests) expect(load(yaml)).toEqual(object);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

describe('any text', () => {
  it('comes back unchanged from the parsed manifest, in environment and in arguments', () => {
    fc.assert(
      fc.property(nasty, fc.constantFrom('0.9.1', '1.6.1'), (value, release) => {
        // As a value of a flag of free text; a value that begins with a dash would be taken for a flag.
        const word = `v${value}`;
        const draft = draftFrom({
          release,
          env: [`X=${value}`],
          downloadEnv: [`Y=${value}`],
          vllmArgs: joinWords(['--tokenizer', word]),
        });
        const components = componentsOf(
          graphOf(draft)?.object ?? { apiVersion: '', kind: '', metadata: { name: '' } },
        );
        expect(
          components.map(component => component.env.find(variable => variable.name === 'X')?.value),
        ).toEqual([value, value]);
        expect(components[1]?.args.slice(-2)).toEqual(['--tokenizer', word]);
        const job = JSON.stringify(draft.manifests.find(manifest => manifest.object.kind === 'Job')?.object);
        expect(job).toContain(JSON.stringify({ name: 'Y', value }));
      }),
      { numRuns: 2_000 },
    );
  }, 240_000);

  it('survives as a scalar for a reader of YAML 1.1', () => {
    fc.assert(
      fc.property(nasty, value => {
        expect(load(`k: ${yamlScalar(value)}\n`)).toEqual({ k: value });
      }),
      { numRuns: 5_000 },
    );
  });

  it('survives being quoted for a shell', () => {
    fc.assert(
      fc.property(fc.array(nasty), words => {
        expect(splitWords(joinWords(words))).toEqual({ words });
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('names', () => {
  it('made from any model are names that Services can have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), any => {
        const name = nameFromModel(any);
        expect(wrongName(name, 'x', 25)).toBeUndefined();
      }),
      { numRuns: 5_000 },
    );
  });
});
