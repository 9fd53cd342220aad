/** Owns a played API server for applying: says yes to everything unless told otherwise, and remembers what it was asked. */

import type { Answer, Ask, Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import type { ApplyArgs, ApplyEvent } from '../../../../src/commands/apply/args.ts';
import { admissionFindings } from '../../../../src/components/nvidia-platform/dynamo-vllm/admission.ts';
import type { ClusterFacts } from '../../../../src/core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../src/core/manifest.ts';
import { ownLabels } from '../../../../src/core/ownership.ts';

/** An answer or an error for a request; undefined leaves it to the usual one. */
export type Play = (ask: Ask, isDry: boolean) => Answer<unknown> | ClusterError | undefined;

export const refusal = (
  status: number,
  message: string,
  causes: ClusterError['causes'] = [],
): ClusterError => {
  const kinds = { 403: 'forbidden', 404: 'not-found', 409: 'conflict', 422: 'invalid' } as const;
  const kind = kinds[status as keyof typeof kinds] ?? 'server';
  return new ClusterError(kind, message, { status, causes });
};

export const live = (body: object, metadata: object = {}): Answer<unknown> => ({
  status: 200,
  body: { ...body, metadata: { uid: 'u1', resourceVersion: '7', ...metadata } },
  warnings: [],
});

const usual = ({ body }: Ask): Answer<unknown> => {
  const object = (body ?? { metadata: {} }) as KubernetesObject;
  return {
    status: 201,
    body: { ...object, metadata: { ...object.metadata, uid: 'u0', resourceVersion: '1' } },
    warnings: [],
  };
};

const nothing = { kind: 'read', value: [] } as const;

/** An empty cluster with the namespace team-a. */
export const emptyFacts = {
  namespace: 'team-a',
  namespaceState: { kind: 'read', value: 'active' },
  served: nothing,
  claims: nothing,
  secrets: nothing,
  services: nothing,
  jobs: nothing,
  answers: nothing,
  graphs: nothing,
} as unknown as ClusterFacts;

const objectOf = (kind: string, apiVersion: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'team-a', labels: ownLabels('deployment', 'chat') },
  ...more,
});

export const claim = objectOf('PersistentVolumeClaim', 'v1', 'cache', {
  spec: { resources: { requests: { storage: '10Gi' } } },
});
export const job = objectOf('Job', 'batch/v1', 'chat-download-1');
export const graph = objectOf('DynamoGraphDeployment', 'nvidia.com/v1alpha1', 'chat');

export type Played = {
  readonly args: ApplyArgs;
  /** `PATCH jobs/chat-download-1`; dry runs have `(dry)` behind. */
  readonly calls: string[];
  readonly bodies: unknown[];
  readonly events: ApplyEvent[];
};

export const played = (play: Play, more: Partial<ApplyArgs> = {}): Played => {
  const calls: string[] = [];
  const bodies: unknown[] = [];
  const events: ApplyEvent[] = [];
  const request = async (ask: Ask): Promise<Answer<unknown>> => {
    const isDry = ask.query?.['dryRun'] !== undefined;
    calls.push(`${ask.method} ${ask.path.split('/').slice(-2).join('/')}${isDry ? ' (dry)' : ''}`);
    bodies.push(ask.body);
    const answer = play(ask, isDry) ?? usual(ask);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { request, lines: async function* () {} } as unknown as Client;
  const args: ApplyArgs = {
    client,
    signal: new AbortController().signal,
    programVersion: '1.0.0',
    objects: [claim, job, graph],
    name: 'chat',
    namespace: 'team-a',
    cluster: emptyFacts,
    settings: { name: 'chat' },
    token: null,
    secretName: null,
    explainRefusal: (error, object) => admissionFindings(error, object),
    confirm: async () => false,
    unattended: true,
    force: false,
    replaced: null,
    holder: 'ann@laptop/1',
    isAlive: () => true,
    tell: event => events.push(event),
    resume: './cli go-on',
    undo: './cli undo',
    ...more,
  };
  return { args, calls, bodies, events };
};
