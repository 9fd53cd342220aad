/** Kept connections: one agent for each kind of way to a host, all closed together. */

import http from 'node:http';
import https from 'node:https';
import { HttpProxyAgent, HttpsProxyAgent, type ProxyAgentRequestOptions } from 'hpagent';

export type Agents = {
  /** `proxy` null: straight there. */
  readonly get: (secure: boolean, proxy: URL | null) => http.Agent;
  readonly close: () => void;
};

const settings = { keepAlive: true, maxSockets: 4 };

const make = (secure: boolean, proxy: URL | null, signal: AbortSignal): http.Agent => {
  if (proxy === null) return secure ? new https.Agent(settings) : new http.Agent(settings);
  // A proxy that takes the connection and is silent would keep the process alive: its request has to end with ours.
  // (The package hands these options on to http.request, whatever its types say.)
  const proxyRequestOptions = { signal } as ProxyAgentRequestOptions;
  const throughProxy = { ...settings, proxy, proxyRequestOptions };
  return secure ? new HttpsProxyAgent(throughProxy) : new HttpProxyAgent(throughProxy);
};

/** `signal` ends connections that are still being made. */
export const openAgents = (signal: AbortSignal): Agents => {
  const agents = new Map<string, http.Agent>();
  return {
    get: (secure, proxy) => {
      const key = `${secure} ${proxy?.href ?? ''}`;
      const agent = agents.get(key) ?? make(secure, proxy, signal);
      agents.set(key, agent);
      return agent;
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
};
