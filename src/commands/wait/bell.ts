/** Owns waking a loop: by news, by a time that comes, or by an interruption. */

export type Bell = {
  /** News: the loop is woken, or goes on at once when it comes to wait. */
  readonly ring: () => void;
  /** Resolves at `at`, or earlier when the bell is rung, but then not before `notBefore`; at once when the signal fires. */
  readonly until: (at: number, notBefore: number) => Promise<void>;
};

/** The longest that a timer can be set for, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Resolves after a time, or when one of the signals fires. */
export const pause = (milliseconds: number, ...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(Math.max(0, milliseconds), longest));
    for (const signal of signals) signal.addEventListener('abort', end);
    if (signals.some(signal => signal.aborted)) end();
  });

export const createBell = (signal: AbortSignal): Bell => {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    until: async (at, notBefore) => {
      const wanted = Math.max(at, notBefore) - Date.now();
      if (wanted > 0) await pause(wanted, signal, rung.signal);
      const early = notBefore - Date.now();
      if (early > 0) await pause(early, signal);
      rung = new AbortController();
    },
  };
};
