/** The note of a good verification, as text on the record of a deployment and read back. */

import type { Labels } from '../../core/cluster-facts.ts';
import type { LastVerify } from '../../core/last-verify.ts';
import { ownName } from '../../core/ownership.ts';

/** On the record and nowhere else: a note on what makes pods could restart them. */
export const lastVerifyAnnotation = `${ownName}/last-verify`;

export const lastVerifyText = ({ at, by, firstTokenMs }: LastVerify): string =>
  JSON.stringify({ at: new Date(at).toISOString(), by, firstTokenMs });

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    // Anybody may write an annotation.
    return {};
  }
};

/** Null when it was never verified, or when what is noted cannot be understood. */
export const lastVerifyIn = (annotations: Labels | undefined): LastVerify | null => {
  const { at, by, firstTokenMs } = parsed(annotations?.[lastVerifyAnnotation] ?? '');
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (!Number.isFinite(time) || typeof by !== 'string') return null;
  return { at: time, by, firstTokenMs: typeof firstTokenMs === 'number' ? firstTokenMs : null };
};
