/** Applying as a step of a deployment: asks what needs a yes, and shows what is written. */

import { holderOf } from '../../cluster/lease-self.ts';
import { groupOf, placeOf, refText } from '../../core/kinds.ts';
import { ownSelector } from '../../core/ownership.ts';
import { wrap } from '../../output/wrap.ts';
import { verbLineFor } from '../kubectl.ts';
import type { Step } from '../steps.ts';
import { printEvent, say } from '../talk.ts';
import { applyAll } from './apply.ts';
import type { ApplyEvent, ApplyOutcome, Question, Replaced } from './args.ts';

const gap = ' '.repeat(13);

/** The text of a long one stands beside its word. */
const beside = (word: string, text: string, columns: number): string[] => {
  const [first = '', ...more] = wrap(text, columns, gap);
  return [`  ${word.padEnd(10)} ${first.slice(gap.length)}`, ...more];
};

const linesOf = (event: ApplyEvent, columns: number): string[] => {
  switch (event.kind) {
    case 'applied':
      return beside(event.change, refText(event.ref), columns);
    case 'left':
      return beside('unchanged', `${refText(event.ref)} ${event.why}`, columns);
    case 'removing':
      return beside('removing', `${refText(event.ref)}: ${event.why}`, columns);
    case 'removed':
      return beside('removed', refText(event.ref), columns);
    case 'taken':
      return beside('taken over', `${refText(event.ref)}, from ${event.managers.join(', ')}`, columns);
    default:
      return wrap(event.message, columns, '  ');
  }
};

/** As programs read it: what became of an object is its `result`. */
const membersOf = (event: ApplyEvent): Readonly<Record<string, unknown>> => {
  if (event.kind === 'applied') return { ref: event.ref, result: event.change };
  const { kind: _, ...more } = event;
  return more;
};

const teller =
  ({ context: { io, options } }: Step) =>
  (event: ApplyEvent): void => {
    if (options.output === 'json') printEvent(io, event.kind, membersOf(event));
    else if (options.quiet !== true) say(io, ...linesOf(event, io.columns));
  };

const isUnattended = ({ context: { io, options } }: Step): boolean => !io.canPrompt || options.yes === true;

/** `--yes` agrees to a new namespace, and never to taking something from others. */
const asker =
  (step: Step) =>
  async ({ kind, why, text }: Question): Promise<boolean> => {
    const { io, options } = step.context;
    if (isUnattended(step)) return options.yes === true && kind === 'create-namespace';
    if (why !== undefined) say(io, '', ...wrap(why, io.columns));
    const { askYes } = await import('../../prompts/ask.ts');
    return askYes(text, kind === 'create-namespace', io);
  };

/** The component's own resource, when it has to be made anew; its pods are those of no Job. */
const replacedOf = async (step: Step): Promise<Replaced | null> => {
  const { name, objects } = step.awaited;
  const { graph } = (await step.context.entry.preflight()).survey;
  const found = objects.find(
    ({ apiVersion, kind }) =>
      groupOf(apiVersion) === graph.group && placeOf(apiVersion, kind, [])?.plural === graph.plural,
  );
  if (found === undefined) return null;
  const podSelector = `${ownSelector(name)},!job-name`;
  return { kind: found.kind, name: found.metadata.name, podSelector };
};

/** The Secret that the manifests read the token from. */
const secretOf = ({ deployment: { subject } }: Step): string | null => {
  const name = subject.answers?.['hfTokenSecret'];
  return typeof name === 'string' && name !== '' ? name : null;
};

/** Writes everything. Errors: CliError with findings and what exists by then. */
export const applySubject = async (step: Step, replace: boolean): Promise<ApplyOutcome> => {
  const { context, deployment, client, cluster } = step;
  const { io, entry, options } = context;
  const { subject, token, replay } = deployment;
  const { name, namespace, objects, answers } = subject;
  const self = io.self ?? { pid: 0, isAlive: () => true };
  return applyAll({
    client,
    signal: io.signal,
    programVersion: io.version,
    objects,
    name,
    namespace,
    cluster,
    settings: answers,
    token: token === null ? null : { value: token.token },
    secretName: secretOf(step),
    explainRefusal: await entry.explainRefusal(),
    confirm: asker(step),
    unattended: isUnattended(step),
    force: options.takeOver === true,
    replaced: replace ? await replacedOf(step) : null,
    holder: holderOf(self.pid),
    isAlive: self.isAlive,
    tell: teller(step),
    resume: replay,
    undo: verbLineFor(context, 'uninstall', name, namespace),
  });
};
