/** `render`: the manifests on stdout. */

import type { Draft } from '../core/component.ts';
import { hasErrors } from '../core/finding.ts';
import { settle } from '../core/settings.ts';
import { exitCodes, isCliError } from '../errors.ts';
import type { Command, Context } from './context.ts';
import { pricesOf } from './fit/prices.ts';
import { readFacts, soundLayers } from './layers.ts';
import { saveAnswers } from './saveAnswers.ts';
import { print, printJson, sayFindings, sayLayers, schemaVersion } from './talk.ts';

const printDraft = ({ io, options }: Context, { settings, plan, manifests, findings }: Draft): void => {
  if (options.output === 'json') {
    printJson(io, { schemaVersion, settings, plan, manifests: manifests.map(one => one.object), findings });
    return;
  }
  if (!hasErrors(findings)) print(io, manifests.map(one => one.text).join('---\n'));
  sayFindings(io, options.quiet === true ? findings.filter(one => one.level === 'error') : findings);
};

const render = async (context: Context): Promise<number> => {
  const { io, entry, table, options } = context;
  const facts = { ...readFacts(context), prices: pricesOf(context) };
  const component = await entry.load();
  const settled = settle(table, await soundLayers(context, facts));
  if (options.verbose === true) sayLayers(io, settled);
  const draft = component.draft(settled, facts, io.version);
  printDraft(context, draft);
  if (hasErrors(draft.findings)) return exitCodes.refused;
  saveAnswers(context, draft.settings);
  return 0;
};

export const command: Command = async context => {
  try {
    return await render(context);
  } catch (error) {
    if (context.options.output !== 'json' || !isCliError(error) || error.findings.length === 0) throw error;
    const nothing = { settings: null, plan: null, manifests: [] };
    printJson(context.io, { schemaVersion, ...nothing, findings: error.findings });
    return exitCodes[error.kind];
  }
};
