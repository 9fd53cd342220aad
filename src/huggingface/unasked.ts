/** Facts of which nothing is known but why. */

import type { HubFacts } from '../core/hub-facts.ts';

/** `message`: one sentence. */
export const unasked = (
  { model, revision }: { readonly model: string; readonly revision: string },
  endpoint: string,
  message: string,
): HubFacts => ({
  endpoint,
  model,
  asked: revision,
  verdict: 'unknown',
  message,
  id: null,
  revision: null,
  gated: null,
  withToken: false,
  account: null,
  weightsBytes: null,
  downloadBytes: null,
  remoteCode: null,
  chatTemplate: null,
  config: null,
  suggestions: [],
});
