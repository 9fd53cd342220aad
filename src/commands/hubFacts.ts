/** Asks the Hub about the model of a deployment, with the token at hand or one that a person types. */

import type { HubFacts } from '../core/hub-facts.ts';
import type { Values } from '../core/settings.ts';
import { acceptToken, findToken } from '../files/token.ts';
import type { Context } from './context.ts';
import { hubFor } from './hub.ts';
import { say } from './talk.ts';

export type Token = { readonly token: string; readonly source: string };

export type HubAsked = { readonly hub: HubFacts; readonly token: Token | null };

const askFor = ({ io, options }: Context, values: Values, token: Token | null): Promise<HubFacts> =>
  hubFor({
    io,
    model: String(values.model),
    revision: String(values.modelRevision ?? 'main'),
    token: token?.token ?? null,
    offline: options.offline === true,
    signal: io.signal,
  });

/** A gated model and no token: a person at the terminal can paste one; it is shown nowhere. */
const typedToken = async (context: Context, hub: HubFacts): Promise<Token | null> => {
  const { io, options } = context;
  if (!io.canPrompt || options.yes === true || options.output === 'json') return null;
  say(
    io,
    `${hub.id ?? hub.model} is gated, and no Hugging Face token was found in HF_TOKEN or the token file.`,
  );
  const { askSecret } = await import('../prompts/ask.ts');
  const typed = await askSecret('Hugging Face token (not shown; empty to go on without):', io);
  return acceptToken(typed, 'what was typed');
};

/** Never fails because of the Hub: what it did not say is `unknown`. Errors: `refused` for a malformed token, `interrupted`. */
export const askHubFor = async (context: Context, values: Values): Promise<HubAsked> => {
  const found = findToken(context.io, sentence => say(context.io, `warning: ${sentence}`));
  const hub = await askFor(context, values, found);
  if (hub.verdict !== 'gated' || found !== null) return { hub, token: found };
  const typed = await typedToken(context, hub);
  return typed === null ? { hub, token: null } : { hub: await askFor(context, values, typed), token: typed };
};
