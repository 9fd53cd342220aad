import type { Client } from './client.ts';
import type { Line } from './exchange.ts';
import { ClusterError } from './refusal.ts';

export const makeOpenPort =
  (_line: Line): Client['openPort'] =>
  async () => {
    throw new ClusterError('server', 'Port-forwards are not written yet.');
  };
