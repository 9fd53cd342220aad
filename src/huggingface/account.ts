/** Whose token it is, asked only to explain a refusal. */

import { objectOf, parseJson } from '../core/json.ts';
import type { Session } from './request.ts';
import { textOf } from './text.ts';

/** `unclear`: no token was sent, or the Hub did not answer so that one could tell. */
export type Account =
  | { readonly kind: 'known'; readonly name: string | null }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unclear' };

export const unclear: Account = { kind: 'unclear' };

export const askAccount = async (session: Session): Promise<Account> => {
  const reply = await session.get('/api/whoami-v2', { most: 2 ** 20 });
  if (reply.kind === 'silence') return unclear;
  if (reply.status === 401) return { kind: 'invalid' };
  const who = reply.status === 200 ? objectOf(parseJson(reply.text)) : undefined;
  return who === undefined ? unclear : { kind: 'known', name: textOf(who.name) };
};
