import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/huggingface/proxy.ts';

const used = (address: string, env: Readonly<Record<string, string>>): string => {
  const proxy = proxyFor(new URL(address), env);
  if (proxy === null) return 'none';
  return 'url' in proxy ? proxy.url.host : proxy.problem;
};

describe('the proxy', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['https://hub.test', {}, 'none'],
    ['https://hub.test', { HTTPS_PROXY: '' }, 'none'],
    ['https://hub.test', { HTTPS_PROXY: 'http://p:3128' }, 'p:3128'],
    ['https://hub.test', { HTTPS_PROXY: 'p:3128' }, 'p:3128'],
    ['https://hub.test', { HTTPS_PROXY: 'http://big:1', https_proxy: 'http://small:1' }, 'small:1'],
    ['https://hub.test', { HTTP_PROXY: 'http://p:3128' }, 'none'],
    ['http://hub.test', { HTTP_PROXY: 'http://p:3128' }, 'p:3128'],
    ['http://hub.test', { ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://p:1' }, 'all:1'],
    ['https://hub.test', { ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    ['https://localhost:8443', { HTTPS_PROXY: 'http://p:1' }, 'none'],
    ['https://[::1]:8443', { HTTPS_PROXY: 'http://p:1' }, 'none'],
    ['https://127.9.9.9', { HTTPS_PROXY: 'http://p:1' }, 'none'],
    ['https://128.0.0.1', { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
    [
      'https://hub.test',
      { HTTPS_PROXY: 'socks5://p:1' },
      'The proxy socks5://p:1 is not an HTTP proxy; set HTTPS_PROXY to one.',
    ],
    [
      'https://hub.test',
      { HTTPS_PROXY: 'http://me:secret@[' },
      'The proxy that the environment names is no address.',
    ],
  ])('of %s with %j', (address, env, expected) => {
    expect(used(address, env)).toBe(expected);
  });
});

describe('NO_PROXY', () => {
  it.each<[string, string, boolean]>([
    ['hub.test', 'https://hub.test', true],
    ['hub.test', 'https://files.hub.test', true],
    ['hub.test', 'https://nohub.test', false],
    ['hub.test', 'https://hub.test.example', false],
    ['.hub.test', 'https://files.hub.test', true],
    ['*.hub.test', 'https://files.hub.test', true],
    ['*', 'https://hub.test', true],
    ['HUB.TEST', 'https://hub.test', true],
    ['a.test, hub.test', 'https://hub.test', true],
    ['a.test hub.test', 'https://hub.test', true],
    [' ,, ', 'https://hub.test', false],
    ['.', 'https://hub.test', false],
    ['hub.test:443', 'https://hub.test', true],
    ['hub.test:8443', 'https://hub.test', false],
    ['hub.test:80', 'http://hub.test', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3', 'https://10.1.2.30', false],
    ['2001:db8::1', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]', 'https://[2001:db8::1]:8443', true],
    ['2001:db8::2', 'https://[2001:db8::1]', false],
  ])('%j excepts %s: %j', (list, address, excepted) => {
    const env = { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1', NO_PROXY: list };
    expect(used(address, env)).toBe(excepted ? 'none' : 'p:1');
  });
});
