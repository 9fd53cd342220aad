import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/cluster/proxy.ts';

const server = new URL('https://api.prod.example.com:6443');
const HTTPS_PROXY = 'http://proxy.example:3128';
const through = (noProxy: string, url = server) =>
  proxyFor(url, undefined, { HTTPS_PROXY, NO_PROXY: noProxy });

test('none, one from the environment, one of the cluster itself', () => {
  expect(proxyFor(server, undefined, {})).toBeNull();
  expect(proxyFor(server, undefined, { https_proxy: 'proxy.example:8080' })).toBe(
    'http://proxy.example:8080',
  );
  expect(proxyFor(server, undefined, { HTTP_PROXY: HTTPS_PROXY })).toBeNull();
  expect(proxyFor(new URL('http://api.example'), undefined, { HTTP_PROXY: HTTPS_PROXY })).toBe(HTTPS_PROXY);
  expect(proxyFor(server, 'socks5://127.0.0.1:1080', { HTTPS_PROXY, NO_PROXY: '*' })).toBe(
    'socks5://127.0.0.1:1080',
  );
});

describe('NO_PROXY', () => {
  test.each([
    '*',
    'example.com',
    'api.prod.example.com',
    'API.prod.example.com:6443',
    '.example.com',
    '*.example.com',
    'other.example, prod.example.com',
  ])('%s exempts the server', noProxy => {
    expect(through(noProxy)).toBeNull();
  });

  test.each(['', 'ample.com', '.api.prod.example.com', 'example.com:443', '10.0.0.0/8', 'example'])(
    '%s does not',
    noProxy => {
      expect(through(noProxy)).toBe(HTTPS_PROXY);
    },
  );

  test.each([
    ['10.0.0.0/8', 'https://10.0.61.7', null],
    ['10.0.0.0/8', 'https://11.0.61.7', HTTPS_PROXY],
    ['10.0.61.7', 'https://10.0.61.7', null],
    ['fd00::/8', 'https://[fd00::1]:6443', null],
    ['10.0.0.0/99', 'https://10.0.61.7', HTTPS_PROXY],
    ['', 'https://127.0.0.1:6443', null],
    ['', 'https://localhost:6443', null],
    ['', 'https://[::1]:6443', null],
  ])('%s and %s', (noProxy, url, proxy) => {
    expect(through(noProxy, new URL(url))).toBe(proxy);
  });
});
