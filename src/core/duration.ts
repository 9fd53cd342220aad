/** Lengths of time as people write them behind flags: `90`, `90s`, `15m`, `1h30m`. */

const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds, or undefined when the text is no length of time above 0. A bare number counts seconds. */
export const parseDuration = (text: string): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) > 0 ? Number(text) : undefined;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  let sum = 0;
  for (const [, amount = '0', unit = 's'] of parts) sum += Number(amount) * (seconds[unit] ?? 0);
  return sum > 0 ? sum : undefined;
};
