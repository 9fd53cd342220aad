/** Which proxy leads to a server, by the rules of Go's net/http, which kubectl follows (golang.org/x/net/http/httpproxy). */

import { BlockList, isIP } from 'node:net';

type Env = Readonly<Record<string, string | undefined>>;

const either = (env: Env, name: string): string => env[name] || env[name.toLowerCase()] || '';

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isInNetwork = (host: string, entry: string): boolean => {
  const [network = '', bits = ''] = entry.split('/');
  if (isIP(network) === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(bits)) return false;
  const most = family(network) === 'ipv4' ? 32 : 128;
  if (Number(bits) > most) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  return list.check(host, family(host));
};

/** `example.com` stands for itself and what lies under it, `.example.com` and `*.example.com` for the latter only. */
const isNamed = (host: string, port: string, entry: string): boolean => {
  const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = name.replace(/^\*/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
};

const covers = (entry: string, host: string, port: string): boolean =>
  entry === '*' ||
  entry === host ||
  (entry.includes('/') ? isInNetwork(host, entry) : isNamed(host, port, entry));

const isExempt = (host: string, port: string, noProxy: string): boolean =>
  noProxy
    .toLowerCase()
    .split(',')
    .map(entry => entry.trim())
    .some(entry => entry !== '' && covers(entry, host, port));

const withScheme = (proxy: string): string => (proxy.includes('://') ? proxy : `http://${proxy}`);

/** URL of the proxy, or null. The cluster's own `proxy-url` goes before the environment's and knows no exceptions. */
export const proxyFor = (server: URL, proxyUrl: string | undefined, env: Env): string | null => {
  if (proxyUrl) return withScheme(proxyUrl);
  const proxy = either(env, server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '') return null;
  const host = server.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = server.port || (defaultPorts[server.protocol] ?? '');
  if (isLoopback(host) || isExempt(host, port, either(env, 'NO_PROXY'))) return null;
  return withScheme(proxy);
};
