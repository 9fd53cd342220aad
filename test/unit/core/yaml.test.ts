import { describe, expect, it } from 'vitest';
import { parseYaml, yamlScalar } from '../../../src/core/yaml.ts';

describe('yamlScalar', () => {
  it.each(['\u007f', '\u0085', '\u009f', '\u2028', '\ufeff', '\ufffe', '\uffff'])('escapes %j', character => {
    expect(yamlScalar(character)).toMatch(/^"\\u[0-9a-f]{4}"$/);
  });
  it.each(['yes', '1.0', 'null', '# x', '- x', '{{x}}', '$(id)', ': ', '---', "it's", '"', '\\', '😀', 'ß'])(
    'carries %j',
    text => {
      expect(parseYaml(`key: ${yamlScalar(text)}\n`).documents).toEqual([{ key: text }]);
    },
  );
});

describe('parseYaml', () => {
  it('reads several documents and leaves empty ones out', () => {
    expect(parseYaml('a: 1\n---\n---\nb: 2\n').documents).toEqual([{ a: 1 }, { b: 2 }]);
  });
  it.each([
    ['a: 1\na: 2\n', 2],
    ['a: [1\n', 2],
    ['a: b: c\n', 1],
    ['a: !!python/object x\n', 1],
  ])('says where %j is wrong', (text, line) => {
    expect(parseYaml(text)).toMatchObject({ documents: [], problem: { line } });
  });
});
