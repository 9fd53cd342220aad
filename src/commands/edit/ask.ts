/** Asks what should change, with the values of the deployment as defaults. */

import type { Layer } from '../../core/settings.ts';
import { CliError } from '../../errors.ts';
import { wrap } from '../../output/wrap.ts';
import { asksNobody, type Context } from '../context.ts';
import type { Deployment } from '../deployments.ts';
import { verbLineFor } from '../kubectl.ts';
import { askMissing } from '../questions.ts';
import { say } from '../talk.ts';
import { changedBy, layersOf } from './base.ts';
import { factsOf, type Kind, type Work } from './work.ts';

/** Typed with every change, and changes nothing by themselves. */
const beside = ['namespace', 'skipCheck'];

const nothingNamed = (context: Context, { verb, example }: Kind, { name, namespace }: Deployment): CliError =>
  new CliError('usage', `Nothing that should change was named, and there is nobody to ask.`, {
    hint: `Name it, such as: ${verbLineFor(context, verb, name, namespace)} ${example}`,
  });

const noneSaid: Layer = { name: 'prompt', values: {} };

/** What a person answers, with the values of the deployment as defaults. Errors: `usage` when nobody can be asked. */
export const askChanges = async (work: Work): Promise<Layer> => {
  const { base, kind, typed, deployment } = work;
  const { context, component, changes, answers } = base;
  if (Object.keys(typed.values).some(key => !beside.includes(key))) return noneSaid;
  if (asksNobody(context)) throw nothingNamed(context, kind, deployment);
  const facts = await factsOf(work, null, null);
  const { name, namespace } = deployment;
  const head = `Changing ${name} in namespace ${namespace}; Enter keeps what it has, Tab lets it be changed.`;
  say(context.io, ...wrap(head, context.io.columns));
  const settled = Object.keys(context.table).filter(key => !kind.asks(key, changes));
  const closed: Layer = {
    name: 'answers file',
    values: Object.fromEntries(settled.flatMap(key => (key in answers ? [[key, answers[key] ?? null]] : []))),
  };
  const action: Layer = { name: 'answers file', values: { action: 'deploy' } };
  const layers = [...layersOf(base, typed, noneSaid), closed, action];
  const said = await askMissing(context, component, layers, async () => facts);
  const changed = changedBy(base, said.values);
  say(context.io, '');
  const values = Object.fromEntries(changed.map(key => [key, said.values[key] ?? null]));
  return { name: 'prompt', values };
};
