/** The way to the model for a chat: an open tunnel, the model's name, and what is said when it does not answer. */

import { openTunnel, type Tunnel } from '../../cluster/forward.ts';
import type { Finding } from '../../core/finding.ts';
import type { HttpAnswer } from '../../core/probe.ts';
import { CliError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { verbLineFor } from '../kubectl.ts';
import type { Reached } from '../reach.ts';
import { verifyDeployment } from '../verify/run.ts';
import type { Failed } from './answer.ts';

export type ChatLine = {
  readonly tunnel: Tunnel;
  readonly model: string;
  readonly close: () => Promise<void>;
};

/** How long the probe looks for the cause of a failure, milliseconds. */
const patienceMs = 4000;

/** Findings of a verification that is not waited for long; none when nothing is wrong. Errors: ClusterError. */
const judged = async (
  context: Context,
  { client, deployment }: Reached,
  signal: AbortSignal,
): Promise<readonly Finding[]> => {
  const { name, namespace, graph } = deployment;
  const report = await verifyDeployment({
    client,
    probe: await context.entry.probe(),
    ask: { name, namespace, graph, patienceMs },
    say: () => {},
    signal,
  });
  return report.findings.filter(({ level }) => level === 'error');
};

/** A server that takes no request without a limit, such as the mock workers of a rehearsal, says so in the stream. */
const wantsLimit = ({ why }: Failed): boolean => /max_(?:output_|completion_)?tokens\b/.test(why);

/** The request itself was wrong: the server's words say how, and the deployment is well. */
const isOurs = (failed: Failed): boolean => [400, 413, 422].includes(failed.status) || wantsLimit(failed);

/** One question has no conversation to begin anew. */
const ourRemedy = ({ options, io }: Context, failed: Failed): string => {
  if (wantsLimit(failed))
    return options.maxTokens === undefined
      ? 'Say how long an answer may be: --max-tokens 512'
      : `Try another --max-tokens than ${options.maxTokens}.`;
  return options.prompt === undefined && io.canPrompt && options.output !== 'json'
    ? 'The conversation may be too long for the model; /reset begins anew.'
    : 'The question may be too long for the model.';
};

const sentence = (model: string, { status, why }: Failed): string =>
  `${model} did not answer${status === 0 || status === 200 ? '' : ` (${status})`}${why === '' ? '.' : `: ${why.replace(/\.$/, '')}.`}`;

/** What ends a chat, or is said in the middle of one, after an answer that did not come. Errors: ClusterError. */
export const failureOf = async (
  context: Context,
  reached: Reached,
  model: string,
  failed: Failed,
  signal: AbortSignal = context.io.signal,
): Promise<CliError> => {
  const { name, namespace } = reached.deployment;
  if (isOurs(failed))
    return new CliError('failed', sentence(model, failed), { hint: ourRemedy(context, failed) });
  const findings = await judged(context, reached, signal);
  const look = verbLineFor(context, 'diagnose', name, namespace);
  return new CliError('failed', sentence(model, failed), {
    findings,
    hint: `To look for the cause: ${look}`,
  });
};

const idsIn = ({ text }: HttpAnswer): string[] => {
  try {
    const { data } = JSON.parse(text) as { readonly data?: readonly { readonly id?: unknown }[] };
    return (data ?? []).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  } catch {
    return [];
  }
};

/** The name it is served under. Errors: `failed` with the probe's findings when it is not served. */
const modelAt = async (context: Context, reached: Reached, tunnel: Tunnel): Promise<string> => {
  const wanted = (await context.entry.inventory()).served(reached.deployment.graph);
  const page = await tunnel.send({ method: 'GET', path: '/v1/models', body: null, timeoutMs: 10_000 });
  const ids = 'broken' in page ? [] : idsIn(page);
  const found = wanted.find(id => ids.includes(id)) ?? ids[0];
  if (found !== undefined) return found;
  const why = 'broken' in page ? page.broken : 'the frontend lists no model';
  throw await failureOf(context, reached, wanted[0] ?? reached.deployment.name, {
    kind: 'failed',
    status: 0,
    why,
  });
};

/** Errors: ClusterError; `failed` when nothing is served. */
export const openLine = async (context: Context, reached: Reached): Promise<ChatLine> => {
  const { name, namespace, graph } = reached.deployment;
  const { signal } = context.io;
  const target = (await context.entry.probe()).target({ name, namespace, graph });
  const { service, port, podSelector, frontend } = target;
  const tunnel = await openTunnel(reached.client, {
    namespace,
    service,
    port,
    podSelector: podSelector(frontend),
    signal,
  });
  try {
    return { tunnel, model: await modelAt(context, reached, tunnel), close: tunnel.close };
  } catch (error) {
    await tunnel.close();
    throw error;
  }
};
