/** Connects to the cluster that kubectl would talk to, by kubeconfig or from inside a pod. Nothing is sent before the first request. */

import { setMaxListeners } from 'node:events';
import { ownName } from '../core/ownership.ts';
import type { Io } from '../io.ts';
import type { Client } from './client.ts';
import { chooseContext } from './context.ts';
import { credentialsOf } from './credentials.ts';
import type { Limits, Line } from './exchange.ts';
import { makeLines } from './lines.ts';
import { proxyFor } from './proxy.ts';
import { ClusterError } from './refusal.ts';
import { makeRequest } from './request.ts';
import { makeTransport } from './transport.ts';

export type ConnectOptions = {
  /** --kubeconfig and --context; KUBECONFIG or ~/.kube/config and the current context when absent. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** --request-timeout; 10 s for reads and 35 s for writes when absent. */
  readonly requestTimeoutMs?: number;
  /** Of this program, told with each request; `unknown` when absent. */
  readonly version?: string;
  /** Hears what a credential plugin says while it keeps the run waiting, such as a code to log in with. */
  readonly onPlugin?: (text: string) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
};

/** Admission webhooks may take up to 30 s (`timeoutSeconds` of a webhook), and what they cost must be told by the server itself. */
const usual: Limits = { requestMs: 10_000, writeMs: 35_000 };

const serverUrl = (server: string, context: string | null): URL => {
  try {
    return new URL(server);
  } catch {
    throw new ClusterError('no-config', `The server ${server} of the context ${context} is not a URL.`, {
      hint: 'Correct `server` of the cluster in the kubeconfig; it looks like https://host:6443.',
    });
  }
};

/** Runs a credential plugin at most once. Rejects with a ClusterError of kind no-config, credentials or interrupted. */
export const connect = async (io: Pick<Io, 'cwd' | 'env'>, options: ConnectOptions): Promise<Client> => {
  const { requestTimeoutMs: limitMs } = options;
  const chosen = chooseContext(io, options);
  const server = serverUrl(chosen.cluster.server, chosen.target.context);
  const proxy = proxyFor(server, chosen.cluster.proxyUrl, io.env);
  const closed = new AbortController();
  // Each request and stream listens to both.
  setMaxListeners(0, closed.signal, options.signal);
  const credentials = credentialsOf(chosen, proxy, io.env, options.signal, options.onPlugin ?? (() => {}));
  await credentials.current();
  const transport = makeTransport(server, proxy);
  const line: Line = {
    target: chosen.target,
    proxy,
    credentials,
    transport,
    signals: [options.signal, closed.signal],
    closed: closed.signal,
    userAgent: `${ownName}/${options.version ?? 'unknown'}`,
    limits: limitMs === undefined ? usual : { requestMs: limitMs, writeMs: limitMs },
  };
  return {
    target: chosen.target,
    contextNamespace: chosen.namespace,
    request: makeRequest(line),
    lines: makeLines(line),
    // Few runs open a port; those that do load what it takes.
    openPort: async pod => (await import('./ports.ts')).openPort(line, pod),
    close: () => {
      closed.abort();
      transport.close();
    },
  };
};
