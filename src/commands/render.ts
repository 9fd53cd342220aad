/** `render`: the manifests on stdout. */

import { hasErrors } from '../core/finding.ts';
import { settle } from '../core/settings.ts';
import { writeAnswersFile } from '../files/answers.ts';
import type { Command } from './context.ts';
import { pathFrom, readFacts, soundLayers } from './layers.ts';
import { print, printJson, sayFindings, schemaVersion } from './talk.ts';
import { exitCodes, isCliError } from '../errors.ts';

export const command: Command = async context => {
  const { io, entry, table, options } = context;
  const json = options.output === 'json';
  const facts = readFacts(context);
  const component = await entry.load();
  try {
    const draft = component.draft(settle(table, soundLayers(context, facts)), facts, io.version);
    const { settings, plan, manifests, findings } = draft;
    if (json) printJson(io, { schemaVersion, settings, plan, manifests: manifests.map(one => one.object), findings });
    if (!json && !hasErrors(findings)) print(io, manifests.map(one => one.text).join('---\n'));
    if (!json) sayFindings(io, options.quiet === true ? findings.filter(one => one.level === 'error') : findings);
    if (hasErrors(findings)) return exitCodes.refused;
    if (options.saveAnswers !== undefined) writeAnswersFile(pathFrom(io, options.saveAnswers), settings);
    return 0;
  } catch (error) {
    if (!json || !isCliError(error) || error.findings.length === 0) throw error;
    printJson(io, { schemaVersion, settings: null, plan: null, manifests: [], findings: error.findings });
    return exitCodes[error.kind];
  }
};
