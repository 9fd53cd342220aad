/** Asks the Hub for a model that the catalogue does not know. Nobody is asked for a token here. */

import type { HubFacts } from '../../core/hub-facts.ts';
import type { Values } from '../../core/settings.ts';
import { findToken } from '../../files/token.ts';
import type { Context } from '../context.ts';
import { hubFor } from '../hub.ts';
import { say } from '../talk.ts';

/** Never fails because of the Hub. Errors: `refused` for a malformed token, `interrupted`. */
export const hubOf = ({ io }: Context, values: Values): Promise<HubFacts> => {
  const token = findToken(io, sentence => say(io, `warning: ${sentence}`));
  return hubFor({
    io,
    model: String(values.model),
    revision: String(values.modelRevision ?? 'main'),
    token: token?.token ?? null,
    offline: false,
    signal: io.signal,
  });
};
