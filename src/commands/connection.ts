/** Opens the connection that a verb uses, and says in the program's own terms why it cannot. */

import type { Client } from '../cluster/client.ts';
import { type ClusterError, isClusterError, type RefusalKind } from '../cluster/refusal.ts';
import { noFacts } from '../core/component.ts';
import { parseDuration } from '../core/duration.ts';
import type { Finding } from '../core/finding.ts';
import { plainText } from '../core/plain.ts';
import { redact } from '../core/redact.ts';
import { settle } from '../core/settings.ts';
import { CliError, type ErrorKind } from '../errors.ts';
import type { Context } from './context.ts';
import { soundLayers } from './layers.ts';
import { say } from './talk.ts';

const kinds: Readonly<Record<RefusalKind, ErrorKind>> = {
  'no-config': 'unavailable',
  credentials: 'unavailable',
  unreachable: 'unavailable',
  unauthorized: 'forbidden',
  forbidden: 'forbidden',
  'not-found': 'unavailable',
  conflict: 'failed',
  invalid: 'refused',
  gone: 'unavailable',
  throttled: 'unavailable',
  server: 'unavailable',
  interrupted: 'interrupted',
};

/** The finding that tells a failed request; its code is `cluster-<kind>`. */
const clusterFinding = (error: ClusterError): Finding => ({
  rule: `cluster-${error.kind}`,
  level: 'error',
  path: '',
  message: error.message,
  hint: error.hint,
});

/** The same as what ends a run. Anything else is passed on as it is. */
export const asCliError = (error: unknown): unknown => {
  if (!isClusterError(error)) return error;
  if (error.kind === 'interrupted') return new CliError('interrupted', 'Interrupted; nothing was changed.');
  return new CliError(kinds[error.kind], error.message, {
    hint: error.hint,
    findings: [clusterFinding(error)],
  });
};

/** Seconds behind a flag, or null when it was not given. Errors: `usage`. */
export const durationOf = (flag: string, text: string | undefined): number | null => {
  if (text === undefined) return null;
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new CliError('usage', `${flag} ${text} is no length of time.`, {
    hint: `Write it as in ${flag} 90s, ${flag} 15m or ${flag} 1h30m.`,
  });
};

/** Connects as kubectl would, and pins context and cluster for the run. Errors: ClusterError, `usage`. */
export const connectFrom = async ({ io, options }: Context): Promise<Client> => {
  if (options.offline === true)
    throw new CliError('unavailable', 'This needs a cluster, and --offline forbids to open a connection.', {
      hint: 'Leave --offline out.',
    });
  const seconds = durationOf('--request-timeout', options.requestTimeout);
  const { connect } = await import('../cluster/connect.ts');
  return connect(io, {
    ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
    ...(seconds === null ? {} : { requestTimeoutMs: seconds * 1000 }),
    version: io.version,
    onPlugin: text => say(io, plainText(redact(text))),
    signal: io.signal,
  });
};

/** The namespace that flags, variables and config.json settle on. */
export const namespaceOf = async (context: Context): Promise<string> =>
  String(settle(context.table, await soundLayers(context, noFacts)).values.namespace);
