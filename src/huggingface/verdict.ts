/** What the answers about one model mean together. */

import type { HubFacts } from '../core/hub-facts.ts';
import type { Account } from './account.ts';
import type { Look } from './look.ts';
import type { Meaning } from './said.ts';

export type Verdict = { readonly verdict: HubFacts['verdict']; readonly message: string };

/** Refusals that a bad token, a good one of another account, and a missing model may all get. */
const doubtful: readonly Meaning[] = ['gated', 'no-repository', 'unauthorized', 'forbidden'];

/** Whether the token has to be looked into before a refusal can be explained. */
export const isDoubtful = ({ metadata, config }: Look): boolean =>
  doubtful.includes(metadata.meaning) || doubtful.includes(config.meaning);

/** Verdicts that either answer decides alone, the more telling first. */
const decisive: readonly (readonly [Meaning, HubFacts['verdict']])[] = [
  ['disabled', 'disabled'],
  ['no-revision', 'revision-missing'],
  ['gated', 'gated'],
];

/** The metadata is there: everybody may read it, so the config decides about access. */
const byConfig = ({ card, config }: Look): Verdict => {
  const { meaning, words } = config;
  if (meaning === 'ok' || meaning === 'no-file') return { verdict: 'found', message: '' };
  const open = card?.gated === false;
  if (meaning === 'silent') return { verdict: open ? 'found' : 'unknown', message: words };
  if (!open) return { verdict: 'gated', message: words };
  return { verdict: 'unknown', message: words || 'The Hub shows the model to everybody, but not its files.' };
};

const byMetadata = (look: Look): Verdict => {
  const { metadata, config } = look;
  switch (metadata.meaning) {
    case 'ok':
      return byConfig(look);
    case 'no-repository':
    case 'unauthorized':
      return { verdict: 'missing', message: metadata.words };
    default:
      // Files come from other servers than metadata: whoever got the config may read the model.
      return { verdict: config.meaning === 'ok' ? 'found' : 'unknown', message: metadata.words };
  }
};

/** By one look alone. */
export const verdictOf = (look: Look): Verdict => {
  if (look.card?.disabled === true) return { verdict: 'disabled', message: '' };
  for (const [meaning, verdict] of decisive) {
    const said = [look.metadata, look.config].find(each => each.meaning === meaning);
    if (said !== undefined) return { verdict, message: said.words };
  }
  return byMetadata(look);
};

/**
 * Whether the token is the reason for the refusals: the Hub does not know it, or shows to everybody what it refuses to the token.
 * `second`: the same questions without the token, null when not asked.
 */
export const isTokenBad = (first: Look, second: Look | null, account: Account): boolean => {
  if (account.kind !== 'unclear') return account.kind === 'invalid';
  return first.metadata.meaning === 'unauthorized' && second?.metadata.meaning === 'ok';
};
