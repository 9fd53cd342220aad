/** Owns working through keys that need attention: each key at most once at a time, again later when it failed. */

/** `add` asks for a key to be handled, now or after a while. */
export type Queue = { add(key: string, afterMs?: number): void; stop(): void };

/** Calls `handle` for every key added; a failure is told and the key comes again with a growing pause (50 ms to 3 s). */
export function createQueue(
  handle: (key: string) => Promise<void>,
  onFailure: (key: string, error: unknown) => void,
): Queue {
  const running = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const later = (key: string, afterMs: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(key);
    }, afterMs);
    timers.add(timer);
  };
  const start = (key: string) => {
    if (stopped) return;
    if (running.has(key)) {
      again.add(key);
      return;
    }
    running.add(key);
    void work(key);
  };
  const work = async (key: string) => {
    try {
      await handle(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      if (!stopped) {
        onFailure(key, error);
        later(key, Math.min(3000, 25 * 2 ** count));
      }
    }
    running.delete(key);
    if (again.delete(key)) start(key);
  };
  return {
    add: (key, afterMs = 0) => (afterMs > 0 ? later(key, afterMs) : start(key)),
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
