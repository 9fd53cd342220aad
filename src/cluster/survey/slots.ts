/** Owns how much a survey does at once. */

export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `count` pieces of work at once; the others begin in their order. */
export const slots = (count: number): Slots => {
  const waiting: (() => void)[] = [];
  let free = count;
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async work => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
};
