/** Listening to several signals at once, without leaving listeners behind. */

/** Calls `act` once, when the first of the signals fires or has fired already. Returns how to stop listening. */
export const onAbort = (signals: readonly AbortSignal[], act: () => void): (() => void) => {
  let done = false;
  const stop = (): void => {
    done = true;
    for (const signal of signals) signal.removeEventListener('abort', once);
  };
  const once = (): void => {
    if (done) return;
    stop();
    act();
  };
  for (const signal of signals) signal.addEventListener('abort', once);
  if (signals.some(signal => signal.aborted)) queueMicrotask(once);
  return stop;
};

/** Resolves after the time; rejects with `reason` when a signal fires before. */
export const pause = (ms: number, signals: readonly AbortSignal[], reason: () => Error): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
    const forget = onAbort(signals, () => {
      clearTimeout(timer);
      reject(reason());
    });
  });
