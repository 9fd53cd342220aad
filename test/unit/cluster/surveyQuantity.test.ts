import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, milliOf } from '../../../src/cluster/survey/quantity.ts';
import { parseQuantity } from '../../../src/core/quantity.ts';

describe('quantities', () => {
  it.each([
    ['0', 0],
    ['8', 8],
    ['1048576', 1_048_576],
    ['29317Mi', 29_317 * 2 ** 20],
    ['16Ki', 16_384],
    ['2Pi', 2 ** 51],
    ['1Ei', 2 ** 60],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['.5G', 5e8],
    ['128k', 128_000],
    ['3P', 3e15],
    ['1E', 1e18],
    ['12e6', 12e6],
    ['1.2E3', 1200],
    ['5e-1', 0.5],
    ['1500m', 1.5],
    ['250u', 0.000_25],
    ['+4', 4],
    ['', 0],
    ['12 Gi', 0],
    ['twelve', 0],
    ['1Xi', 0],
  ])('%s is %d', (text, amount) => {
    expect(amountOf(text)).toBeCloseTo(amount, 9);
  });

  it.each([
    ['7910m', 7910],
    ['191450m', 191_450],
    ['2', 2000],
    ['0.1', 100],
    ['1.001', 1001],
    ['100n', 1],
    ['1500u', 2],
    ['2k', 2_000_000],
    ['0', 0],
  ])('%s is %d thousandths', (text, milli) => {
    expect(milliOf(text)).toBe(milli);
  });

  it('reads thousandths of any whole number back', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), milli => {
        expect(milliOf(`${milli}m`)).toBe(milli);
        expect(milliOf((milli / 1000).toFixed(3))).toBe(milli);
      }),
    );
  });

  it('agrees with the reader of sizes in answers wherever that one reads', () => {
    const unit = fc.constantFrom('', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti');
    fc.assert(
      fc.property(fc.nat(100_000), fc.option(fc.nat(999)), unit, (whole, part, suffix) => {
        const text = `${whole}${part === null ? '' : `.${part}`}${suffix}`;
        expect(amountOf(text)).toBe(parseQuantity(text));
      }),
    );
  });
});
