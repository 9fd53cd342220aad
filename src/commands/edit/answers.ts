/** The answers that a deployment was made with, as they are kept beside it; says what is missing where they cannot be used. */

import { readAnswers } from '../../core/answers.ts';
import { managedByLabel, ownLabels } from '../../core/ownership.ts';
import type { Values } from '../../core/settings.ts';
import { joinWords } from '../../core/words.ts';
import { CliError } from '../../errors.ts';
import { recordName } from '../apply/record.ts';
import { type Context, commandLine } from '../context.ts';
import type { Deployment } from '../deployments.ts';
import { kubectlFor, reachWords } from '../kubectl.ts';

const installAs = (context: Context, { name, namespace }: Deployment): string =>
  `${commandLine(context.entry, 'install')} ${joinWords(['--name', name, '-n', namespace, ...reachWords(context)])}`;

/** Its owner can hand it over by giving it the labels that this program finds its own objects by. */
const foreign = (context: Context, { name, namespace, graph }: Deployment): CliError => {
  const { [managedByLabel]: manager } = graph.metadata.labels ?? {};
  const labels = Object.entries(ownLabels('deployment', name)).map(([key, value]) => `${key}=${value}`);
  const words = ['label', '-n', namespace, graph.kind.toLowerCase(), name, ...labels, '--overwrite'];
  const label = `${kubectlFor(context)} ${joinWords(words)}`;
  const by = manager === undefined ? '' : ` but by ${manager}`;
  return new CliError('refused', `${name} in namespace ${namespace} was not made by this program${by}.`, {
    hint: `Change it where it comes from. To hand it over to this program, give it its labels: ${label}`,
  });
};

const withoutAnswers = (context: Context, deployment: Deployment): CliError => {
  const { name, namespace } = deployment;
  return new CliError(
    'refused',
    `The answers that ${name} was made with are not there: the ConfigMap ${recordName(name)} in namespace ${namespace} is missing, holds none, or may not be read.`,
    {
      hint: `Give its settings once more, and they are kept from then on: ${installAs(context, deployment)}`,
    },
  );
};

/** Errors: `refused` for a deployment of somebody else, one without answers, and answers that this version does not understand. */
export const currentAnswers = (context: Context, deployment: Deployment): Values => {
  const { name, namespace, own, answers } = deployment;
  if (!own) throw foreign(context, deployment);
  if (answers === null) throw withoutAnswers(context, deployment);
  const where = recordName(name);
  const read = readAnswers(context.table, answers, path => [where, ...path].join('.'));
  if (read.findings.length > 0)
    throw new CliError('refused', `The answers that are kept for ${name} cannot be used.`, {
      findings: read.findings,
      hint: `They were written by another version of this program, or by hand. Use that version, or give the settings once more: ${installAs(context, deployment)}`,
    });
  return { ...read.values, name, namespace };
};
