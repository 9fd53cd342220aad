/** Tells which deployment is to be removed: also one of which only a part is left. */

import type { Client } from '../../cluster/client.ts';
import type { SurveyAsk } from '../../core/cluster-facts.ts';
import { CliError } from '../../errors.ts';
import { namespaceOf } from '../connection.ts';
import type { Context } from '../context.ts';
import { pickDeployment } from '../deployments/pick.ts';
import { type Found, findAround, findWithin, typedNamespace } from '../deployments.ts';
import { kubectlFor } from '../kubectl.ts';
import { whileLooking } from '../slow.ts';

export type Target = { readonly name: string; readonly namespace: string };

/** Deployments, and answers kept for some that are gone. */
const targetsIn = ({ deployments, orphans, namespace }: Found) => ({
  deployments: [...deployments, ...orphans].map(({ name, namespace }) => ({ name, namespace })),
  namespace,
});

/**
 * Without a name, or when there is nothing of that name in the settled namespace. Without anybody to ask, other namespaces than the
 * settled one are left alone. Errors: `unavailable`, `usage`; ClusterError.
 */
export const searchTarget = async (
  context: Context,
  client: Client,
  survey: SurveyAsk,
  name: string | undefined,
): Promise<Target> => {
  const { io, options } = context;
  const typed = typedNamespace(context);
  const settled = await namespaceOf(context);
  const alone = options.yes === true || !io.canPrompt || options.output === 'json';
  const found = await whileLooking(
    context,
    typed !== null || (alone && options.dryRun !== true)
      ? findWithin(client, survey, settled, io.signal)
      : findAround(client, survey, async () => settled, io.signal),
  );
  return pickDeployment(context, targetsIn(found), { name });
};

export const notOurs = (
  context: Pick<Context, 'options'>,
  kind: string,
  { name, namespace }: Target,
): CliError =>
  new CliError(
    'refused',
    `${kind} ${name} in namespace ${namespace} was not made by this program: it does not carry its labels. Nothing was touched.`,
    {
      hint: `If it is to go all the same: ${kubectlFor(context)} -n ${namespace} delete ${kind.toLowerCase()} ${name}`,
    },
  );
