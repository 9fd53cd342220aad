/** Sentences for a cluster that nobody answers from: which cluster is meant, what happened on the way, what to do. */

import type { Target } from '../core/cluster-facts.ts';
import { contextList } from './context-list.ts';
import { ClusterError } from './refusal.ts';
import type { TransportError } from './transport-error.ts';

const host = (target: Target): string => {
  const { hostname, port } = new URL(target.server);
  return port === '' ? hostname : `${hostname}:${port}`;
};

/** `the API server of the context prod (host)`. */
export const serverOf = (target: Target): string =>
  target.context === null
    ? `the API server of this cluster (${host(target)})`
    : `the API server of the context ${target.context} (${host(target)})`;

const anotherContext = (target: Target): string =>
  target.otherContexts.length === 0
    ? ' No other context is in the kubeconfig; --kubeconfig names another file.'
    : ` Or choose another context with --context: ${contextList(target.otherContexts)}.`;

type Said = readonly [what: string, todo: string];

const network =
  'Connect to the VPN or bastion that leads to its network (a private endpoint is reached from inside only).';
const certificates =
  'Write the kubeconfig anew (for EKS: `aws eks update-kubeconfig --name <cluster>`); behind a proxy that opens TLS, let NODE_EXTRA_CA_CERTS name its CA.';

const notFound: Said = [
  'cannot be reached: its name is not known to DNS here',
  `${network} A cluster that was deleted or made anew has another name: write the kubeconfig anew.`,
];
const noRoute: Said = ['cannot be reached: there is no route to it', network];
const cut: Said = [
  'broke the connection',
  'Try again; a proxy or firewall between here and there may be the cause.',
];
const unknownIssuer: Said = [
  'shows a TLS certificate whose issuer the kubeconfig does not know',
  certificates,
];

/** By Node's error code. */
const byCode: Readonly<Record<string, Said>> = {
  ENOTFOUND: notFound,
  EAI_AGAIN: ['cannot be reached: DNS gives no answer', 'Check the network of this machine and its DNS.'],
  ECONNREFUSED: [
    'cannot be reached: the connection was refused',
    'Start the cluster if it is a local one; otherwise check the network, VPN or port.',
  ],
  ENETUNREACH: noRoute,
  EHOSTUNREACH: noRoute,
  ECONNRESET: cut,
  EPIPE: cut,
  CERT_HAS_EXPIRED: [
    'shows a TLS certificate that has expired',
    'Renew the cluster’s certificates, and check the clock of this machine.',
  ],
  CERT_NOT_YET_VALID: ['shows a TLS certificate that is not valid yet', 'Check the clock of this machine.'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  CERT_SIGNATURE_FAILURE: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'shows a TLS certificate that was made for another name',
    'Correct `server` or `tls-server-name` of the cluster in the kubeconfig.',
  ],
};

const timedOut = (target: Target, error: TransportError, limitMs: number): ClusterError => {
  const within = `within ${Math.round(limitMs / 100) / 10} s`;
  const what =
    error.reason === 'no-answer'
      ? `accepted the connection but gave no answer ${within}: timed out`
      : `cannot be reached: the connection timed out, no answer came ${within}`;
  const todo =
    error.reason === 'no-answer' ? 'Try again, or give it more time with --request-timeout 60s.' : network;
  return nobody(target, [what, todo]);
};

const nobody = (target: Target, [what, todo]: Said): ClusterError => {
  const server = serverOf(target);
  return new ClusterError('unreachable', `${server.charAt(0).toUpperCase()}${server.slice(1)} ${what}.`, {
    hint: `${todo}${anotherContext(target)}`,
  });
};

/** Without its password. */
const shownProxy = (proxy: string): string =>
  proxy
    .replace(/^[^:]*:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/\/.*$/, '');

const proxyFailed = (target: Target, proxy: string, error: TransportError): ClusterError | null => {
  const [, status] = /^Bad response: (\d+)/.exec(error.message) ?? [];
  const refused = status === undefined ? null : `answers ${status} when asked for`;
  const dead =
    error.sent || !byCode[error.code] || error.code.includes('CERT')
      ? null
      : `cannot be reached (${error.code}) on the way to`;
  const what = refused ?? dead;
  if (what === null) return null;
  return new ClusterError('unreachable', `The proxy ${shownProxy(proxy)} ${what} ${serverOf(target)}.`, {
    hint: `Correct HTTPS_PROXY (or \`proxy-url\` in the kubeconfig), or add ${new URL(target.server).hostname} to NO_PROXY.`,
  });
};

/** What to tell when no answer came. `limitMs` is the time limit that held, `proxy` leads to the server or is null. */
export const noAnswer = (
  error: TransportError,
  target: Target,
  proxy: string | null,
  limitMs: number,
): ClusterError => {
  if (error.reason === 'aborted') return new ClusterError('interrupted', 'Interrupted.');
  const byProxy = proxy === null ? null : proxyFailed(target, proxy, error);
  if (byProxy !== null) return byProxy;
  if (error.reason !== 'failed' || error.code === 'ETIMEDOUT') return timedOut(target, error, limitMs);
  return nobody(target, byCode[error.code] ?? [`cannot be reached: ${error.message}`, network]);
};
