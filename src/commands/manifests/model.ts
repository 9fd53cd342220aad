/** Asks the Hub about the model of manifests, where they tell which it is. */

import type { HubFacts } from '../../core/hub-facts.ts';
import { findToken } from '../../files/token.ts';
import type { Context } from '../context.ts';
import { askHubFor, type Token } from '../hubFacts.ts';
import type { Look } from '../look.ts';
import type { Subject } from '../subject.ts';
import { say } from '../talk.ts';

export type Asked = { readonly hub: HubFacts | null; readonly token: Token | null };

/** Begins to look at the cluster as well. Errors: those of the token. */
export const askOf = async (context: Context, subject: Subject, look: Look): Promise<Asked> => {
  look.start();
  const { servedModel } = await context.entry.preflight();
  const served = servedModel(subject.objects);
  const { model = null, modelRevision = null } = subject.answers ?? {};
  if (served === null && model === null)
    return { hub: null, token: findToken(context.io, sentence => say(context.io, `warning: ${sentence}`)) };
  return askHubFor(context, {
    model: served?.model ?? model,
    modelRevision: served?.revision ?? modelRevision,
  });
};
