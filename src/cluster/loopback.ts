/** One HTTP request to a port of this machine. */

import { type Agent, type IncomingMessage, request } from 'node:http';
import type { HttpAsk } from '../core/probe.ts';

/** The beginning of the answer. `agent` false opens a connection of its own. Errors: what node:http reports, and an abort. */
export const askPort = (
  port: number,
  agent: Agent | false,
  ask: HttpAsk,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  const body = ask.body === null ? undefined : Buffer.from(JSON.stringify(ask.body));
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      agent,
      signal,
      method: ask.method,
      path: ask.path,
      headers: {
        accept: '*/*',
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      },
    });
    sent.once('response', resolve);
    sent.on('error', reject);
    sent.end(body);
  });
};
