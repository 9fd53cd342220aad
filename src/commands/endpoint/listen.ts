/** Keeps a way to a deployment open on a local port until Ctrl-C. */

import type { Client } from '../../cluster/client.ts';
import { type Listening, openTunnel, type Tunnel, type TunnelAsk } from '../../cluster/forward.ts';
import { CliError } from '../../errors.ts';
import type { RunOptions } from '../flags.ts';

const loopbackAddress = '127.0.0.1';

const portOf = (text: string | undefined): number => {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new CliError('usage', `--port ${text} is no port.`, {
    hint: 'Give a number from 1 to 65535, or leave it out for a free one.',
  });
};

const hint = 'To keep a way open: endpoint --listen';

/** Null when nothing is to be opened. Errors: `usage`. */
export const listeningOf = ({ listen, port, address }: RunOptions): Listening | null => {
  if (listen === true) return { address: address ?? loopbackAddress, port: portOf(port) };
  if (port === undefined && address === undefined) return null;
  throw new CliError(
    'usage',
    `--${port === undefined ? 'address' : 'port'} means nothing without --listen.`,
    {
      hint,
    },
  );
};

/** Whether others than the people on this machine can reach it. */
export const isOpen = ({ address }: Listening): boolean => !/^(127\.|::1$|localhost$)/.test(address);

const ofPort = 'Choose another with --port N, or leave --port out for a free one.';

const notHere = ({ address }: Listening): readonly [message: string, hint: string] => [
  `${address} is no address of this machine.`,
  `Choose one with --address A, or leave --address out for ${loopbackAddress}.`,
];

const problems: Readonly<Record<string, (listen: Listening) => readonly [message: string, hint: string]>> = {
  EADDRINUSE: ({ address, port }) => [`${address}:${port} is taken by another program.`, ofPort],
  EACCES: ({ address, port }) => [`${address}:${port} may not be used by this user.`, ofPort],
  EADDRNOTAVAIL: notHere,
  ENOTFOUND: notHere,
};

/** Errors: ClusterError; `unavailable` when the place cannot be had. */
export const openListening = async (
  client: Client,
  ask: TunnelAsk & { readonly listen: Listening },
): Promise<Tunnel> => {
  try {
    return await openTunnel(client, ask);
  } catch (error) {
    const problem = problems[String((error as { readonly code?: unknown }).code)];
    if (problem === undefined) throw error;
    const [message, remedy] = problem(ask.listen);
    throw new CliError('unavailable', message, { hint: remedy });
  }
};

/** Resolves when the signal fires. Errors: ClusterError when the cluster refuses for good. */
export const untilStopped = async (tunnel: Tunnel, signal: AbortSignal): Promise<void> => {
  const stopped = new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopped, tunnel.refused]);
};
