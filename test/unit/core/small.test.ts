import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { applySkips, bySeverity, type Finding } from '../../../src/core/finding.ts';
import { hashData, hashText } from '../../../src/core/hash.ts';
import { gibibytes, parseQuantity, wrongSize } from '../../../src/core/quantity.ts';
import { lineOf, parseRelease, withoutPost } from '../../../src/core/release.ts';
import { flagOf, variableOf } from '../../../src/core/schema.ts';

describe('releases', () => {
  it.each([
    ['1.4.0-cuda13', '-cuda13'],
    ['v0.8.1', ''],
    ['1.3.0.post1', '.post1'],
    ['0.9.0-post1', '-post1'],
    ['1.0.0+x', '+x'],
  ])('reads %s', (text, suffix) => {
    expect(parseRelease(text)?.suffix).toBe(suffix);
  });
  it.each(['1.4', 'latest', '', '1.4.x', '1.4.0_x', '1.2.3 ', '99999.0.0'])('does not read %j', text => {
    expect(parseRelease(text)).toBeUndefined();
  });
  it('knows lines and post releases', () => {
    expect(lineOf({ major: 1, minor: 4, patch: 2, suffix: '' })).toBe('1.4');
    expect([withoutPost('0.9.0-post1'), withoutPost('1.3.0.post2'), withoutPost('1.4.0-cuda13')]).toEqual([
      '0.9.0',
      '1.3.0',
      '1.4.0-cuda13',
    ]);
  });
});

describe('quantities', () => {
  it.each([
    ['1Gi', 2 ** 30],
    ['1.5k', 1500],
    ['100', 100],
    ['2Ti', 2 ** 41],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseQuantity(text)).toBe(bytes);
  });
  it('refuses what is none and rounds up', () => {
    expect(wrongSize('10 GB', 'The size')).toContain('no Kubernetes quantity');
    expect(wrongSize('0Gi', 'The size')).toContain('above 0');
    expect(gibibytes(30.1)).toBe('31Gi');
  });
});

describe('hashes', () => {
  it('are SHA-256', () => {
    expect(hashText('añ😀')).toBe(createHash('sha256').update('añ😀').digest('hex'));
  });
  it('do not depend on the order of keys', () => {
    expect(hashData({ a: 1, b: { c: [1, 2], d: null } }, 8)).toBe(
      hashData({ b: { d: null, c: [1, 2] }, a: 1 }, 8),
    );
    expect(hashData({ a: [1, 2] }, 8)).not.toBe(hashData({ a: [2, 1] }, 8));
  });
});

describe('findings', () => {
  const found = (rule: string, level: Finding['level']): Finding => ({
    rule,
    level,
    path: '',
    message: 'm',
    hint: '',
  });
  it('sort by severity and keep their order', () => {
    expect(
      bySeverity([found('a', 'info'), found('b', 'error'), found('c', 'warning'), found('d', 'error')]).map(
        one => one.rule,
      ),
    ).toEqual(['b', 'd', 'c', 'a']);
  });
  it('are let through by their code alone', () => {
    const skipped = applySkips([found('a', 'error'), found('b', 'error')], ['a']);
    expect(skipped.map(one => one.level)).toEqual(['warning', 'error']);
    expect(skipped[0]?.message).toContain('--skip-check a');
  });
});

describe('names of a setting', () => {
  it('follow from its key', () => {
    expect([flagOf('kvbmCpuGb'), variableOf('kvbmCpuGb')]).toEqual([
      '--kvbm-cpu-gb',
      'DYNAMO_INSTALLER_KVBM_CPU_GB',
    ]);
  });
});
