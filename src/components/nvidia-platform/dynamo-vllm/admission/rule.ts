/** What a rule about refusals is: a text to recognise, and the sentences that it becomes. */

import type { KubernetesObject } from '../../../../core/manifest.ts';

export type Told = {
  /** The API server's own words. */
  readonly words: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** `Job chat-download-1a2b3c4d`. */
  readonly subject: string;
};

export type Said = {
  /** Setting that caused it; empty when none did. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
};

export type AdmissionRule = {
  readonly code: string;
  /** Global; each place where it matches is said once. */
  readonly pattern: RegExp;
  /** Groups of the match, the first being `$1`; missing ones are empty. Null when it is something else after all. */
  readonly say: (groups: readonly string[], told: Told) => Said | null;
};

export const toldOf = (words: string, { kind, metadata }: KubernetesObject): Told => ({
  words,
  kind,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  subject: `${kind} ${metadata.name}`,
});

/** Without the full stop that may end it. */
export const plain = (text: string): string => text.trim().replace(/\.$/, '');
