/** `list`: the deployments of this program, one line each. Changes nothing. */

import { yamlText } from '../../core/yaml.ts';
import { type ListRow, listLines } from '../../output/deployments.ts';
import { paintFor } from '../../output/paint.ts';
import { asCliError, connectFrom, namespaceOf } from '../connection.ts';
import type { Command, Context } from '../context.ts';
import { type Found, findAround, findWithin, typedNamespace } from '../deployments.ts';
import { verbLineFor } from '../kubectl.ts';
import { whileLooking } from '../slow.ts';
import { print, printJson, say, schemaVersion } from '../talk.ts';
import { lastVerifyData, timeText } from './data.ts';

type Listed = { readonly found: Found; readonly rows: readonly ListRow[] };

const read = async (context: Context): Promise<Listed> => {
  const { io, entry } = context;
  const typed = typedNamespace(context);
  const [{ survey }, { describe }] = await Promise.all([entry.preflight(), entry.deployed()]);
  const client = await connectFrom(context);
  try {
    const found = await whileLooking(
      context,
      typed === null
        ? findAround(client, survey, () => namespaceOf(context), io.signal)
        : findWithin(client, survey, typed, io.signal),
    );
    const rows = found.deployments.map(({ graph, answers, lastVerify }) => ({
      ...describe(graph, answers),
      lastVerify,
    }));
    return { found, rows: [...rows, ...found.orphans] };
  } finally {
    client.close();
  }
};

const timed = (row: ListRow) =>
  'roles' in row
    ? { ...row, createdAt: timeText(row.createdAt), lastVerify: lastVerifyData(row.lastVerify) }
    : row;

const dataOf = ({ found, rows }: Listed) => ({
  schemaVersion,
  namespace: found.namespace,
  deployments: rows.filter(row => 'roles' in row).map(timed),
  leftOver: found.orphans,
});

/** What the list itself does not say: where it looked, and what is left of deployments that are gone. */
const remarks = (context: Context, { found, rows }: Listed): string[] => {
  const where = found.namespace === null ? 'any namespace' : `namespace ${found.namespace}`;
  const narrowed = found.namespace !== null && typedNamespace(context) === null;
  return [
    ...(rows.length === 0 ? [`There is no deployment of this program in ${where}.`] : []),
    ...(narrowed ? [`Only namespace ${found.namespace} may be read; others: -n NAMESPACE`] : []),
    ...found.orphans.map(
      ({ name, namespace }) =>
        `Of ${name} only a part is left; to remove it: ${verbLineFor(context, 'uninstall', name, namespace)}`,
    ),
  ];
};

const printText = (context: Context, listed: Listed): void => {
  const { io, options } = context;
  const paint = paintFor(io.color.stdout);
  const layout = { now: Date.now(), paint, wide: options.output === 'wide', columns: io.columns };
  if (listed.rows.length > 0) print(io, `${listLines(listed.rows, layout).join('\n')}\n`);
  say(io, ...remarks(context, listed));
};

export const command: Command = async context => {
  const { io, options } = context;
  try {
    const listed = await read(context);
    if (options.output === 'json') printJson(io, dataOf(listed));
    else if (options.output === 'yaml') print(io, yamlText(dataOf(listed)));
    else printText(context, listed);
    return 0;
  } catch (error) {
    throw asCliError(error);
  }
};
