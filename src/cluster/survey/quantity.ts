/** Owns reading quantities quickly: a survey reads hundreds of thousands of them. */

/** Every suffix of a quantity (k8s.io/apimachinery, pkg/api/resource) with what it multiplies by. */
const factors: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
]);

const zero = '0'.charCodeAt(0);

const rare = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([a-zA-Z]*))$/;

/** Signs, decimals and exponents. */
const rareAmount = (text: string): number => {
  const match = rare.exec(text);
  if (match === null) return 0;
  const [, number = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return Number(`${number}e${exponent}`);
  return Number(number) * (factors.get(suffix) ?? 0);
};

/** Base units, such as bytes or cores. 0 for what is no quantity: the API server stores none of those. */
export const amountOf = (text: string): number => {
  let end = 0;
  let value = 0;
  for (; end < text.length; end += 1) {
    const digit = text.charCodeAt(end) - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (end === 0) return rareAmount(text);
  if (end === text.length) return value;
  const factor = factors.get(text.slice(end));
  return factor === undefined ? rareAmount(text) : value * factor;
};

/** Thousandths, rounded up as the scheduler does; binary fractions such as 7.91 × 1000 are not meant to count as more. */
export const milliOf = (text: string): number => Math.max(0, Math.ceil(amountOf(text) * 1000 - 1e-7));
