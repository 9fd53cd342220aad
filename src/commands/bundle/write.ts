/** Writes a bundle: everything about one deployment that helps somebody else to see what is wrong, and no secret. */

import { type ClusterFacts, readOr } from '../../core/cluster-facts.ts';
import { scrubObject, scrubText, secretsIn } from '../../core/scrub.ts';
import { createArchive } from '../../files/archive.ts';
import { paintFor } from '../../output/paint.ts';
import { wrap } from '../../output/wrap.ts';
import type { Context } from '../context.ts';
import type { Diagnosis } from '../diagnose/diagnosis.ts';
import { diagnosisJson, diagnosisLines } from '../diagnose/show.ts';
import { pathFrom } from '../layers.ts';
import { ownSecrets } from '../own-secrets.ts';
import type { Reached } from '../reach.ts';
import { say, schemaVersion } from '../talk.ts';
import { contentsText } from './contents.ts';
import { logTasks, operatorLogTasks } from './logs.ts';
import { collectionTasks, operatorTasks } from './objects.ts';
import { gather, type Limits, type Piece, type Refused, type Task } from './tasks.ts';

export type Written = {
  readonly path: string;
  readonly bytes: number;
  readonly collected: readonly { readonly file: string; readonly what: string; readonly bytes: number }[];
  readonly refused: readonly Refused[];
};

const limits: Limits = { atOnce: 6, milliseconds: 60_000 };
const mostBytes = 20 * 1024 * 1024;

/** Of Secrets the names alone; what a kubeconfig says about the way to the cluster concerns nobody. */
const surveyOf = ({ target: _, secrets, graphs: __, ...rest }: ClusterFacts): Record<string, unknown> => ({
  ...rest,
  secrets: secrets.kind === 'read' ? { ...secrets, value: secrets.value.map(({ name }) => name) } : secrets,
});

const versionsOf = ({ io }: Context, diagnosis: Diagnosis): Record<string, unknown> => {
  const cluster = diagnosis.checked?.cluster;
  return {
    installer: io.version,
    kubernetes: cluster === undefined ? null : readOr(cluster.version),
    operators: (cluster === undefined ? null : readOr(cluster.operators))?.map(({ image }) => image) ?? null,
    ...diagnosis.report?.versions,
  };
};

/** What is known already, as it was when the findings were made. */
const knownPieces = (context: Context, { deployment }: Reached, diagnosis: Diagnosis): Piece[] => {
  const { sight } = diagnosis.looked;
  const text = diagnosisLines(deployment, diagnosis, paintFor(false), 100).join('\n');
  return [
    { what: 'the diagnosis, to read', file: 'diagnosis.txt', data: `${text}\n` },
    { what: 'the diagnosis, with its findings', file: 'diagnosis.json', data: diagnosisJson(diagnosis) },
    { what: 'versions', file: 'versions.json', data: versionsOf(context, diagnosis) },
    { what: 'the deployment', file: 'objects/graph.json', data: sight.graph ?? deployment.graph },
    ...(diagnosis.checked === null
      ? []
      : [
          {
            what: 'survey of the cluster: nodes with their labels, quotas, storage classes, CRD',
            file: 'survey.json',
            data: surveyOf(diagnosis.checked.cluster),
          },
        ]),
    ...diagnosis.measured.pages.flatMap(({ component, text }) =>
      text === null
        ? []
        : [{ what: `metrics of ${component}`, file: `metrics/${component}.prom`, data: text }],
    ),
  ];
};

const tasksFor = async (
  context: Context,
  { client, deployment }: Reached,
  diagnosis: Diagnosis,
): Promise<Task[]> => {
  const { name, namespace } = deployment;
  const [inventory, { survey }] = await Promise.all([context.entry.inventory(), context.entry.preflight()]);
  const cluster = diagnosis.checked?.cluster ?? null;
  const operators = (cluster === null ? null : readOr(cluster.operators)) ?? [];
  const { operatorSelector } = survey;
  return [
    ...collectionTasks(client, namespace, inventory.collections(name), cluster),
    ...operatorTasks(client, operators),
    ...logTasks(client, namespace, diagnosis.looked.sight.pods),
    ...operatorLogTasks(client, operators, operatorSelector),
  ];
};

const textOf = (data: unknown, known: readonly string[]): string =>
  typeof data === 'string'
    ? scrubText(data, known)
    : `${JSON.stringify(scrubObject(data, known), null, 1)}\n`;

/** What was not read at all is told beside what was. */
const notRead = (diagnosis: Diagnosis): Refused[] => [
  { what: 'Secrets', why: 'never read' },
  ...(diagnosis.checked === null ? [{ what: 'survey of the cluster', why: 'it could not be read' }] : []),
  ...diagnosis.measured.pages.flatMap(({ component, text }) =>
    text === null ? [{ what: `metrics of ${component}`, why: 'no ready pod answered' }] : [],
  ),
];

const stamp = (now: number): string => new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');

/** Errors: `refused` when it cannot be written; `interrupted`. */
export const writeBundle = async (
  context: Context,
  reached: Reached,
  diagnosis: Diagnosis,
  file: string,
): Promise<Written> => {
  const { io } = context;
  const { name, namespace } = reached.deployment;
  const now = Date.now();
  const gathered = await gather(await tasksFor(context, reached, diagnosis), limits, io.signal);
  const pieces = [...knownPieces(context, reached, diagnosis), ...gathered.pieces];
  const known = [...new Set([...ownSecrets(io), ...pieces.flatMap(({ data }) => secretsIn(data))])];
  const archive = createArchive(`dynamo-${name}-${stamp(now)}`, {
    mostBytes,
    modified: Math.floor(now / 1000),
  });
  const collected: Written['collected'][number][] = [];
  const said = gathered.refused.map(({ what, why }) => ({ what, why: scrubText(why, known) }));
  const refused: Refused[] = [...notRead(diagnosis), ...said];
  for (const { what, file: at, data } of pieces) {
    const text = textOf(data, known);
    if (archive.add(at, text)) collected.push({ file: at, what, bytes: text.length });
    else refused.push({ what, why: `the bundle would be larger than ${mostBytes / 1024 / 1024} MiB` });
  }
  const contents = {
    name,
    namespace,
    at: new Date(now).toISOString(),
    version: io.version,
    collected,
    refused,
  };
  archive.add('contents.json', `${JSON.stringify({ schemaVersion, ...contents }, null, 1)}\n`);
  archive.add('README.txt', contentsText(contents));
  const path = pathFrom(io, file);
  return { path, bytes: archive.write(path), collected, refused };
};

const sizeText = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Where it lies and how large it is, and what is not in it. */
export const sayWritten = ({ io, options }: Context, { path, bytes, collected, refused }: Written): void => {
  if (options.quiet === true) return;
  const left = refused.filter(({ why }) => why !== 'never read');
  say(
    io,
    '',
    `Bundle: ${path}`,
    ...wrap(
      `${sizeText(bytes)}, ${collected.length} files${left.length === 0 ? '' : `; ${left.length} more could not be had (README.txt in it says which)`}. Secrets are not read, and what looks like one is taken out; look through it before you give it away.`,
      io.columns,
    ),
  );
};
