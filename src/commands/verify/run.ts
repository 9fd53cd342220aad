/** Runs a component's verification against a cluster: opens its ways in, hands it what it reads, and closes everything. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../../cluster/client.ts';
import { openPodTunnel, openTunnel, type Tunnel } from '../../cluster/forward.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import type { Probe, ProbeAsk, ProbeReport, ProbeStep, ProbeTools, Send } from '../../core/probe.ts';
import { logsOf, policiesOf } from './evidence.ts';

export type Verification = {
  readonly client: Client;
  readonly probe: Probe;
  readonly ask: ProbeAsk;
  /** A step began, waits for something else, or ended. */
  readonly say: (step: ProbeStep) => void;
  readonly signal: AbortSignal;
};

const sleepFor =
  (signal: AbortSignal) =>
  async (ms: number): Promise<void> => {
    // Waking up early is all that an interrupt does here: what follows finds out.
    await wait(ms, undefined, { signal }).catch(() => {});
  };

/** Ways to single pods, opened when they are first asked for; none where the cluster does not let us. */
const podSenders = ({ client, ask, probe, signal }: Verification) => {
  const { podSelector } = probe.target(ask);
  const { namespace } = ask;
  const opened = new Map<string, Promise<Tunnel | null>>();
  const open = async (component: string, port: number): Promise<Tunnel | null> => {
    try {
      return await openPodTunnel(client, { namespace, podSelector: podSelector(component), port, signal });
    } catch (error) {
      if (!isClusterError(error) || error.kind === 'interrupted') throw error;
      return null;
    }
  };
  return {
    sendTo: async (component: string, port: number): Promise<Send | null> => {
      const key = `${component}:${port}`;
      const tunnel = opened.get(key) ?? open(component, port);
      opened.set(key, tunnel);
      return (await tunnel)?.send ?? null;
    },
    close: async (): Promise<void> => {
      const tunnels = await Promise.allSettled(opened.values());
      await Promise.all(tunnels.map(each => (each.status === 'fulfilled' ? each.value?.close() : undefined)));
    },
  };
};

/** A call that is refused for good ends the probe where it stands. */
const unlessRefused = async (
  tunnel: Tunnel,
  stop: AbortController,
  running: Promise<ProbeReport>,
): Promise<ProbeReport> => {
  try {
    return await Promise.race([running, tunnel.refused]);
  } catch (error) {
    stop.abort();
    await running.catch(() => {});
    throw error;
  }
};

/**
 * Verifies a deployment. Nothing is left open, however it ends.
 * Errors: ClusterError when the cluster cannot be asked or forbids port-forwards, and `interrupted`.
 */
export const verifyDeployment = async (verification: Verification): Promise<ProbeReport> => {
  const { client, probe, ask, say } = verification;
  const { namespace } = ask;
  const stop = new AbortController();
  const signal = AbortSignal.any([verification.signal, stop.signal]);
  const target = probe.target(ask);
  const { service, port, frontend, podSelector } = target;
  const tunnel = await openTunnel(client, {
    namespace,
    service,
    port,
    podSelector: podSelector(frontend),
    signal,
  });
  const pods = podSenders({ ...verification, signal });
  const tools: ProbeTools = {
    send: tunnel.send,
    sendTo: pods.sendTo,
    logs: component => logsOf(client, namespace, podSelector(component), signal),
    policies: () => policiesOf(client, namespace, signal),
    now: Date.now,
    sleep: sleepFor(signal),
    signal,
    say,
  };
  try {
    return await unlessRefused(tunnel, stop, probe.run(ask, tools));
  } finally {
    stop.abort();
    await Promise.all([tunnel.close(), pods.close()]);
  }
};
