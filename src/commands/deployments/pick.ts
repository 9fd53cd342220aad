/** Tells which of several deployments is meant, by its name, because it is the only one, or by asking. */

import { nearest } from '../../core/suggest.ts';
import { listed } from '../../core/text.ts';
import { CliError } from '../../errors.ts';
import { asksNobody, type Context } from '../context.ts';
import { verbLineFor } from '../kubectl.ts';

type Placed = { readonly name: string; readonly namespace: string };

type Wanted = { readonly name: string | undefined };

type Found<T extends Placed> = { readonly deployments: readonly T[]; readonly namespace: string | null };

/** More than these nobody reads in a sentence. */
const mostNamed = 8;

const placed = ({ name, namespace }: Placed): string => `${name} (-n ${namespace})`;

const named = (all: readonly Placed[], last = 'and'): string => {
  const some = all.slice(0, mostNamed).map(placed);
  return listed(all.length > mostNamed ? [...some, `${all.length - mostNamed} more`] : some, last);
};

const where = (namespace: string | null): string =>
  namespace === null ? 'in any namespace' : `in namespace ${namespace}`;

const missing = ({ name }: Wanted, { deployments, namespace }: Found<Placed>): CliError => {
  const elsewhere =
    namespace === null ? 'choose another cluster with --context' : 'name another namespace with -n';
  if (name === undefined)
    return new CliError('unavailable', `There is no deployment of this program ${where(namespace)}.`, {
      hint: `Deploy one with install, or ${elsewhere}.`,
    });
  const message = `There is no deployment ${name} ${where(namespace)}.`;
  const guess = nearest(
    name,
    deployments.map(one => one.name),
  );
  const meant = deployments.filter(one => one.name === guess);
  if (meant.length > 0)
    return new CliError('unavailable', message, {
      hint: `Did you mean ${named(meant, 'or')}? If not, ${elsewhere}.`,
    });
  const is = deployments.length === 1 ? 'is' : 'are';
  const others = deployments.length === 0 ? '' : `There ${is} ${named(deployments)}. `;
  return new CliError('unavailable', message, { hint: `${others}Look at the name, or ${elsewhere}.` });
};

const several = (context: Context, candidates: readonly Placed[]): CliError => {
  const [first] = candidates;
  const line = verbLineFor(context, context.verb ?? 'status', first?.name ?? '', first?.namespace ?? '');
  return new CliError('usage', `Several deployments might be meant: ${named(candidates)}.`, {
    hint: `Name one, such as: ${line}`,
  });
};

const ask = async <T extends Placed>({ io }: Context, candidates: readonly T[]): Promise<T | undefined> => {
  const { askSearch } = await import('../../prompts/ask.ts');
  const width = Math.max(...candidates.map(({ name }) => name.length));
  const options = candidates.map(({ name, namespace }, at) => ({
    value: String(at),
    name: `${name.padEnd(width)}  ${namespace}`,
  }));
  return candidates[Number(await askSearch('Which deployment?', options, io))];
};

/** Errors: `unavailable` when there is none, `usage` when several might be meant and nobody can be asked, `interrupted`. */
export const pickDeployment = async <T extends Placed>(
  context: Context,
  found: Found<T>,
  wanted: Wanted,
): Promise<T> => {
  const candidates = found.deployments.filter(
    ({ name }) => wanted.name === undefined || name === wanted.name,
  );
  const [only] = candidates;
  if (only === undefined) throw missing(wanted, found);
  if (candidates.length === 1) return only;
  const chosen = asksNobody(context) ? undefined : await ask(context, candidates);
  if (chosen === undefined) throw several(context, candidates);
  return chosen;
};
