/** Owns passing on port-forwards and the like: bytes both ways, the request as it came. */

import type { IncomingMessage } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import type { ControlPlane } from '../control/controlPlane.ts';
import { EXEC_TOKEN } from '../control/kubeconfig.ts';

/** Answers a request that is not let in. */
export function turnAway(socket: TLSSocket): void {
  socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
}

/** Joins the connection to one of its own to the API server; breaks both after so many bytes of the answer. */
export function upgrade(
  plane: ControlPlane,
  request: IncomingMessage,
  socket: TLSSocket,
  head: Buffer,
  cutAfter = Number.POSITIVE_INFINITY,
): void {
  const { hostname, port } = new URL(plane.server);
  const upstream = connect({ host: hostname, port: Number(port), ca: plane.authority.cert }, () => {
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headersOf(request)}\r\n`);
    upstream.write(head);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  const end = () => {
    upstream.destroy();
    socket.destroy();
  };
  let passed = 0;
  upstream.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed >= cutAfter) end();
  });
  upstream.on('error', end);
  socket.on('error', end);
  socket.on('close', end);
}

// Whoever was let in is the proxy's own user to the API server.
function headersOf({ rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) => {
    if (i % 2 === 1) return [];
    return [`${name}: ${/^authorization$/i.test(name) ? `Bearer ${EXEC_TOKEN}` : rawHeaders[i + 1]}`];
  });
  return `${lines.join('\r\n')}\r\n`;
}
