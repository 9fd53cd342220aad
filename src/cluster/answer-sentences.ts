/** Turns an answer that is a refusal into a ClusterError, with the API server's own words. */

import type { Target } from '../core/cluster-facts.ts';
import { serverOf } from './connection-sentences.ts';
import { contextList } from './context-list.ts';
import { ClusterError, type RefusalCause, type RefusalKind } from './refusal.ts';

/** The parts of metav1.Status that are read. */
type Status = {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
};

export type Refused = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
  /** As in the header: seconds or a date. */
  readonly retryAfter: string | undefined;
  readonly now: number;
  /** The day on which the client certificate that was shown ran out, such as `2026-03-01`; null when none did. */
  readonly ranOut: string | null;
};

const kinds: Readonly<Record<number, RefusalKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  415: 'invalid',
  422: 'invalid',
  429: 'throttled',
};

/** Server-side apply of a field that a built-in kind does not have is answered with 500. */
const isMalformed = (words: string): boolean =>
  words.includes('failed to create typed patch object') || words.includes('field not declared in schema');

const kindOf = (status: number, words: string): RefusalKind =>
  kinds[status] ?? (status < 500 || isMalformed(words) ? 'invalid' : 'server');

const isStatus = (body: unknown): body is Status =>
  typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';

const longest = 500;

/** A proxy or load balancer answers in HTML or plain text. */
const textOf = (body: unknown): string => {
  if (typeof body !== 'string') return '';
  const text = body
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};

const sentence = (text: string): string => (/[.!?\u2026]$/.test(text) ? text : `${text}.`);

const causesOf = (status: Status | null): RefusalCause[] =>
  (status?.details?.causes ?? []).map(({ reason = '', message = '', field = '' }) => ({
    reason,
    message,
    field,
  }));

/** Milliseconds until it may be tried again, or null when nothing is said. */
const retryAfterMs = (header: string | undefined, body: unknown, now: number): number | null => {
  const seconds = Number(header ?? (isStatus(body) ? body.details?.retryAfterSeconds : undefined));
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const date = Date.parse(header ?? '');
  return Number.isNaN(date) ? null : Math.max(0, date - now);
};

const whoAmI = (target: Target): string => (target.user === null ? '' : ` as the user ${target.user}`);

const said = (refused: Refused, kind: RefusalKind, words: string, target: Target): string => {
  const server = serverOf(target);
  const subject = `${server.charAt(0).toUpperCase()}${server.slice(1)}`;
  const asked = `${refused.method} ${refused.path}`;
  switch (kind) {
    case 'unauthorized':
      return `${subject} does not accept the credentials of the kubeconfig${whoAmI(target)} (401): ${sentence(words || 'Unauthorized')}`;
    case 'forbidden':
      return `The cluster forbids this (403): ${sentence(words || asked)}`;
    case 'not-found':
      return `Not found (404): ${sentence(words || asked)}`;
    case 'throttled':
      return `${subject} has too much to do (429): ${sentence(words || asked)}`;
    case 'server':
      return `${subject} failed (${refused.status}): ${sentence(words || asked)}`;
    default:
      return `The cluster refused this (${refused.status}): ${sentence(words || asked)}`;
  }
};

const renew =
  'Have the certificate renewed and the kubeconfig written anew (a cluster of kubeadm: `kubeadm certs renew admin.conf`; a local one: start it anew or fetch its kubeconfig again)';

const ranOutError = (target: Target, day: string, refused: Refused): ClusterError =>
  new ClusterError(
    'unauthorized',
    `The client certificate of the kubeconfig${whoAmI(target)} expired on ${day}, and ${serverOf(target)} does not accept it (401).`,
    {
      status: refused.status,
      hint: `${renew}${target.otherContexts.length > 0 ? `, or choose another context with --context: ${contextList(target.otherContexts)}` : ''}.`,
    },
  );

/** A Role is of one namespace; without one in the words it is that of the settings. */
const inNamespace = (words: string): string => {
  const namespace = /in the namespace "([^"]+)"/.exec(words)?.[1];
  return namespace === undefined ? '' : ` -n ${namespace}`;
};

const hints: Readonly<Partial<Record<RefusalKind, (target: Target, words: string) => string>>> = {
  unauthorized: target =>
    `Log in again (for EKS: \`aws sts get-caller-identity\` must name a principal with an access entry in the cluster), or choose another context with --context${target.otherContexts.length > 0 ? ` (${target.otherContexts.slice(0, 8).join(', ')})` : ''}.`,
  forbidden: (_, words) =>
    `Ask whoever runs the cluster for the permission; the Role that is needed: ./cli nvidia-platform dynamo-vllm check${inNamespace(words)} --print-rbac`,
  throttled: () => 'Try again in a minute.',
  server: () => 'Try again; if it lasts, ask whoever runs the cluster (`kubectl get --raw /readyz?verbose`).',
};

/** The ClusterError of an answer whose status is 400 or more. */
export const refusalOf = (refused: Refused, target: Target): ClusterError => {
  const status = isStatus(refused.body) ? refused.body : null;
  const words = status?.message ?? textOf(refused.body);
  const kind = kindOf(refused.status, words);
  if (kind === 'unauthorized' && refused.ranOut !== null) return ranOutError(target, refused.ranOut, refused);
  return new ClusterError(kind, said(refused, kind, words, target), {
    status: refused.status,
    hint: hints[kind]?.(target, words) ?? '',
    causes: causesOf(status),
    retryAfterMs: retryAfterMs(refused.retryAfter, refused.body, refused.now) ?? undefined,
  });
};
