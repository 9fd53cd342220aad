/** Owns what the API server writes down about requests, and reading it back. */

import { readFileSync } from 'node:fs';

/** One line a finished request, without bodies; the kit's own reads and the controllers' are left out. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted', 'Panic'],
  rules: [
    {
      level: 'None',
      users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'],
    },
    { level: 'None', users: ['rehearsal-kit', 'rehearsal-kwok'] },
    { level: 'None', userGroups: ['system:serviceaccounts'] },
    { level: 'Metadata' },
  ],
};

/** What one request was. */
export type AuditedCall = {
  readonly user: string;
  /** The groups of the user. */
  readonly groups: readonly string[];
  /** get, list, watch, create, update, patch, delete, … */
  readonly verb: string;
  /** Path and query. */
  readonly uri: string;
  /** HTTP status of the answer; 0 when there was none. */
  readonly code: number;
  readonly userAgent: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** RFC 3339 with microseconds, when the request came in. */
  readonly at: string;
  /** The same, when its answer was complete; of a watch, when it ended. */
  readonly until: string;
};

type Line = {
  user?: { username?: string; groups?: string[] };
  verb?: string;
  requestURI?: string;
  userAgent?: string;
  responseStatus?: { code?: number };
  objectRef?: {
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  requestReceivedTimestamp?: string;
  stageTimestamp?: string;
};

/** Every call so far that was not the kit's or a controller's, in the order they ended. */
export function readAudit(file: string): AuditedCall[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.endsWith('}'))
    .map(line => toCall(JSON.parse(line) as Line));
}

function toCall(line: Line): AuditedCall {
  const { resource = '', subresource, namespace = '', name = '' } = line.objectRef ?? {};
  return {
    user: line.user?.username ?? '',
    groups: line.user?.groups ?? [],
    verb: line.verb ?? '',
    uri: line.requestURI ?? '',
    code: line.responseStatus?.code ?? 0,
    userAgent: line.userAgent ?? '',
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
    at: line.requestReceivedTimestamp ?? '',
    until: line.stageTimestamp ?? '',
  };
}
