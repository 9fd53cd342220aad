/** Owns a relay of bytes before the API server, so that HTTP/2 passes as it is, whose connections break. */

import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from '../control/controlPlane.ts';
import { EXEC_TOKEN, writeConfig } from '../control/kubeconfig.ts';
import { portOf } from '../control/ports.ts';

/** After how many bytes of answers the connection of this number, counted from 1, breaks; undefined lets it live. */
export type CutRule = (connection: number) => number | undefined;

export type Relay = {
  /** A kubeconfig that leads through the relay, with all rights. */
  readonly kubeconfig: string;
  /** How many connections came, and how many of them were broken. */
  readonly count: () => { readonly made: number; readonly broken: number };
  stop(): Promise<void>;
};

export async function startRelay(plane: ControlPlane, rule: CutRule): Promise<Relay> {
  const sockets = new Set<Socket>();
  const target = Number(new URL(plane.server).port);
  let made = 0;
  let broken = 0;
  const server = createServer(socket => {
    made += 1;
    const limit = rule(made) ?? Number.POSITIVE_INFINITY;
    const upstream = connect(target, '127.0.0.1');
    const end = () => {
      sockets.delete(socket);
      socket.destroy();
      upstream.destroy();
    };
    let passed = 0;
    upstream.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (passed < limit) return;
      broken += 1;
      socket.resetAndDestroy();
      end();
    });
    sockets.add(socket);
    for (const side of [socket, upstream]) side.on('error', end).on('close', end);
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const kubeconfig = join(plane.folder.path, `relay-${portOf(server)}.kubeconfig`);
  writeConfig(kubeconfig, `https://127.0.0.1:${portOf(server)}`, plane.authority, [
    { name: 'through-relay', user: { token: EXEC_TOKEN } },
  ]);
  return {
    kubeconfig,
    count: () => ({ made, broken }),
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise(resolve => {
        server.close(() => resolve());
      });
    },
  };
}
