/** Owns applying to a running rehearsal cluster as the program does: connects, surveys, applies, remembers what was told. */

import type { Client } from '../../src/cluster/client.ts';
import { connect } from '../../src/cluster/connect.ts';
import { survey } from '../../src/cluster/survey.ts';
import { applyAll } from '../../src/commands/apply/apply.ts';
import type { ApplyArgs, ApplyEvent, ApplyOutcome } from '../../src/commands/apply/args.ts';
import { componentIndex } from '../../src/components/load.ts';
import { survey as ask } from '../../src/components/nvidia-platform/dynamo-vllm/preflight/survey.ts';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Cluster } from '../kit/cluster/cluster.ts';
import type { AuditedCall } from '../kit/cluster/control/audit.ts';
import { goldenManifests, goldenReleases } from './golden.ts';

/** The manifests of a case of the nearest release, renamed, on storage that many nodes can mount. */
export const manifestsOf = (
  release: string,
  name: string,
  deployment: string,
  namespace = 'dynamo-system',
): KubernetesObject[] => {
  const minor = release.split('.').slice(0, 2).join('.');
  const nearest = goldenReleases().find(each => each.startsWith(`${minor}.`)) ?? release;
  const manifests = goldenManifests(nearest, name);
  const old = String(manifests.at(-1)?.metadata.name);
  const text = JSON.stringify(manifests)
    .replaceAll(`"${old}`, `"${deployment}`)
    .replaceAll('"namespace":"dynamo-system"', `"namespace":"${namespace}"`);
  return (JSON.parse(text) as KubernetesObject[]).map(each =>
    each.kind === 'PersistentVolumeClaim'
      ? { ...each, spec: { ...(each['spec'] as object), storageClassName: 'efs' } }
      : each,
  );
};

export type Applying = {
  readonly client: Client;
  readonly events: ApplyEvent[];
  /** `Job chat-download-1a2b3c4d: created`, in the order told. */
  readonly told: () => string[];
  readonly run: () => Promise<ApplyOutcome>;
};

type Wanted = Partial<ApplyArgs> & {
  readonly objects: readonly KubernetesObject[];
  readonly name: string;
  readonly context?: string;
};

/** Connects and surveys; `run` applies. Close the client at the end. */
export const prepare = async (cluster: Cluster, wanted: Wanted): Promise<Applying> => {
  const interrupt = new AbortController();
  const signal = wanted.signal ?? interrupt.signal;
  const io = { cwd: '/', env: {} };
  const options = { kubeconfig: cluster.kubeconfig, context: wanted.context ?? 'admin', signal };
  const client = await connect(io, options);
  const namespace = wanted.namespace ?? 'dynamo-system';
  const events: ApplyEvent[] = [];
  const explainRefusal = await componentIndex[0]?.explainRefusal();
  if (explainRefusal === undefined) throw new Error('There is no component.');
  const facts = await survey(client, ask, namespace, signal);
  const args: ApplyArgs = {
    client,
    signal,
    programVersion: '0.0.0-test',
    namespace,
    cluster: facts,
    settings: { name: wanted.name, namespace },
    token: null,
    secretName: null,
    explainRefusal,
    confirm: async () => false,
    unattended: true,
    force: false,
    replaced: null,
    holder: 'test@here/1',
    isAlive: () => true,
    tell: event => events.push(event),
    resume: './cli resume',
    undo: './cli undo',
    ...wanted,
  };
  const line = (event: ApplyEvent): string => {
    if (event.kind === 'waiting') return event.message;
    const word = event.kind === 'applied' ? event.change : event.kind;
    return `${event.ref.kind} ${event.ref.name}: ${word}`;
  };
  return { client, events, told: () => events.map(line), run: () => applyAll(args) };
};

/** The same in one go. */
export const applyTo = async (
  cluster: Cluster,
  wanted: Wanted,
): Promise<{ readonly told: string[]; readonly outcome: ApplyOutcome }> => {
  const applying = await prepare(cluster, wanted);
  try {
    const outcome = await applying.run();
    return { told: applying.told(), outcome };
  } finally {
    applying.client.close();
  }
};

/** What it was refused with. */
export const refusedBy = async (
  cluster: Cluster,
  wanted: Wanted,
): Promise<{
  readonly kind: string;
  readonly message: string;
  readonly hint: string;
  readonly findings: readonly { rule: string; path: string; message: string; hint: string }[];
}> => {
  const error = await applyTo(cluster, wanted).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error) || !('findings' in error)) throw new Error(`It was not refused: ${error}`);
  return error as never;
};

const isWrite = ({ verb }: AuditedCall): boolean =>
  ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb);
export const isDry = ({ uri }: AuditedCall): boolean => uri.includes('dryRun=All');
const isReview = ({ resource }: AuditedCall): boolean => resource.startsWith('selfsubject');

/** Writes of the program since `from`, without those that only try and those that only ask. */
export const writes = (cluster: Cluster, from: number): AuditedCall[] =>
  cluster
    .audit()
    .slice(from)
    .filter(call => isWrite(call) && !isDry(call) && !isReview(call));

/** The leases of the program that are held in the usual namespace. */
export const leases = async (cluster: Cluster): Promise<string[]> => {
  const { items } = await cluster.api.send(
    'GET',
    '/apis/coordination.k8s.io/v1/namespaces/dynamo-system/leases',
  );
  return (items as KubernetesObject[])
    .map(({ metadata }) => metadata.name)
    .filter(name => name.startsWith('dynamo-installer-'));
};
