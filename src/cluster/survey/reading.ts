/** Owns turning answers and refusals of the API server into readings. */

import type { Reading } from '../../core/cluster-facts.ts';
import { isClusterError, type RefusalKind } from '../refusal.ts';

const unread: Partial<Record<RefusalKind, 'forbidden' | 'missing'>> = {
  forbidden: 'forbidden',
  'not-found': 'missing',
};

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What was read, or why it was not; never rejects. */
export const readingOf = async <T>(work: Promise<T>): Promise<Reading<T>> => {
  try {
    return { kind: 'read', value: await work };
  } catch (error) {
    const kind = (isClusterError(error) && unread[error.kind]) || 'failed';
    return { kind, message: sentenceOf(error) };
  }
};

/** Goes on with what was read; what was not read passes with its reason. */
export const whenRead = async <T, R>(
  reading: Promise<Reading<T>>,
  next: (value: T) => Promise<Reading<R>>,
): Promise<Reading<R>> => {
  const known = await reading;
  return known.kind === 'read' ? next(known.value) : known;
};

/** Refusals after which nothing else would be answered either. */
const hopeless: ReadonlySet<RefusalKind> = new Set([
  'unreachable',
  'unauthorized',
  'credentials',
  'no-config',
  'interrupted',
]);

export const isHopeless = (error: unknown): boolean => isClusterError(error) && hopeless.has(error.kind);

/** `null` where the API server says that there is no such object. */
export const nullIfMissing = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (isClusterError(error) && error.kind === 'not-found') return null;
    throw error;
  }
};
