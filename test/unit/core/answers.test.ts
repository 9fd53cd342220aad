import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { settingTable } from '../../../src/components/nvidia-platform/dynamo-vllm/answers.ts';
import { readAnswers } from '../../../src/core/answers.ts';
import { answersSchema, configSchema } from '../../../src/core/json-schema.ts';

const locate = (path: readonly string[]): string => `answers.yaml:${path.join('.')}`;
const read = (data: unknown) => readAnswers(settingTable, data, locate);

describe('readAnswers', () => {
  it('takes values of the right kind', () => {
    expect(read({ model: 'a/b', replicas: 2, kvRouter: true, env: ['A=b'] })).toEqual({
      values: { model: 'a/b', replicas: 2, kvRouter: true, env: ['A=b'] },
      findings: [],
    });
  });
  it('takes an empty file', () => {
    expect(read(null)).toEqual({ values: {}, findings: [] });
  });
  it('proposes what an unknown key may mean, and knows no inherited one', () => {
    expect(read({ tensorParalelSize: 2 }).findings[0]).toMatchObject({
      rule: 'answers-unknown-key',
      hint: 'Did you mean "tensorParallelSize"?',
      path: 'answers.yaml:tensorParalelSize',
    });
    expect(read({ toString: 1 }).findings[0]?.rule).toBe('answers-unknown-key');
  });
  it.each([
    [{ replicas: '2' }],
    [{ kvRouter: 'yes' }],
    [{ model: 5 }],
    [{ env: 'A=b' }],
    [{ replicas: 1.5 }],
    [[]],
    ['text'],
    [7],
    [{ mode: 'both' }],
  ])('refuses %j', data => {
    expect(read(data).findings[0]?.rule).toBe('answers-wrong-value');
  });
});

describe('the JSON schemas', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const answers = ajv.compile(answersSchema(settingTable));
  it.each([
    [{ replicas: '2' }],
    [{ kvRouter: 'yes' }],
    [{ nonsense: 1 }],
    [{ mode: 'both' }],
    [{ replicas: 0 }],
  ])('refuse what the program refuses: %j', data => {
    expect(answers(data)).toBe(false);
    expect(read(data).findings).not.toEqual([]);
  });
  it('take every default', () => {
    const defaults = Object.fromEntries(
      Object.entries(settingTable)
        .filter(([, spec]) => spec.default !== null)
        .map(([key, spec]) => [key, spec.default]),
    );
    expect(answers(defaults), JSON.stringify(answers.errors)).toBe(true);
    expect(read(defaults).findings).toEqual([]);
  });
  it('describe config.json', () => {
    const config = ajv.compile(configSchema(settingTable));
    expect(config({ platform: { eks: { dynamoPlatform: { releaseVersion: '0.9.1' } } } })).toBe(true);
    expect(config({ platform: { eks: { dynamoPlatform: { releaseVersoin: '0.9.1' } } } })).toBe(false);
  });
});
