/** Kubernetes quantities of memory and storage, such as `100Gi`. */

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Bytes of a quantity, or undefined when it is none. */
export const parseQuantity = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (units[match[2] ?? ''] ?? 1);
};

/** Whole GiB, rounded up, as a quantity. */
export const gibibytes = (gib: number): string => `${Math.ceil(gib)}Gi`;

/** One sentence against a size that is no positive quantity, or undefined. */
export const wrongSize = (text: string, what: string): string | undefined => {
  const bytes = parseQuantity(text);
  if (bytes === undefined)
    return `${what} "${text}" is no Kubernetes quantity; write a number and a unit, such as 100Gi.`;
  return bytes > 0 ? undefined : `${what} "${text}" must be above 0, such as 100Gi.`;
};
