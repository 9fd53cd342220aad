/** What may be remembered of the Hub's answers, and under which name. */

import { hashText } from '../core/hash.ts';
import type { HubFacts } from '../core/hub-facts.ts';

/** One name for a model of one Hub, however its letters are cased; 64 hex digits. */
export const cacheKey = (endpoint: string, model: string): string =>
  hashText(`${endpoint}\n${model.toLowerCase()}`);

/** A commit never changes, so what is known of it stays true. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** Only what everybody may read and what was read whole: access can be lost, and half an answer must not replace a whole one. */
export const isKeepable = (facts: HubFacts): boolean =>
  facts.verdict === 'found' &&
  facts.gated === false &&
  facts.private === false &&
  facts.revision !== null &&
  facts.message === '';
