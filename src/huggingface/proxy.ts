/** Which proxy a request goes through, by the environment that a run was given (packages for this read the process's own). */

import type { Io } from '../io.ts';
import { isLoopback } from './endpoint.ts';

/** `null`: no proxy. */
export type Proxy = { readonly url: URL } | { readonly problem: string } | null;

const ports: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Small letters win, as in curl. */
const variable = (env: Io['env'], name: string): string =>
  (env[name.toLowerCase()] || env[name.toUpperCase()] || '').trim();

/** `example.com` means the name and everything below it, as do `.example.com` and `*.example.com`; a port narrows it. */
const excepts = (entry: string, host: string, port: string): boolean => {
  const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(entry.replaceAll(/[[\]]/g, '')) ?? [];
  // An IPv6 address is full of colons: it has no port here.
  if (entry.replaceAll(/[[\]]/g, '') === host) return true;
  if (wanted !== undefined && wanted !== port) return false;
  const domain = name.replace(/^\*?\.?/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
};

const bypassed = (url: URL, list: string): boolean => {
  const host = url.hostname.replaceAll(/[[\]]/g, '').toLowerCase();
  const port = url.port || ports[url.protocol] || '';
  const entries = list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(entry => entry !== '');
  return entries.some(entry => entry === '*' || excepts(entry, host, port));
};

/** HTTPS_PROXY or HTTP_PROXY by the address's scheme, else ALL_PROXY; NO_PROXY excepts hosts. This machine is never behind a proxy. */
export const proxyFor = (url: URL, env: Io['env']): Proxy => {
  const said = variable(env, `${url.protocol.slice(0, -1)}_proxy`) || variable(env, 'all_proxy');
  if (said === '' || isLoopback(url.hostname) || bypassed(url, variable(env, 'no_proxy'))) return null;
  try {
    const proxy = new URL(said.includes('://') ? said : `http://${said}`);
    if (/^https?:$/.test(proxy.protocol)) return { url: proxy };
    return {
      problem: `The proxy ${proxy.protocol}//${proxy.host} is not an HTTP proxy; set HTTPS_PROXY to one.`,
    };
  } catch {
    return { problem: 'The proxy that the environment names is no address.' };
  }
};
