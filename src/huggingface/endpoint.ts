/** Where the Hub is, by the environment. */

import type { Io } from '../io.ts';

export type Endpoint = {
  /** Without credentials, query and a slash at the end, such as https://huggingface.co. */
  readonly base: string;
  /** Value of an Authorization header for the credentials in the address; null when it has none. */
  readonly basic: string | null;
  /** What must not be shown. */
  readonly secrets: readonly string[];
  /** Whoever listens in on the way would read a token: http to another machine. */
  readonly exposed: boolean;
};

const standard = 'https://huggingface.co';

/** Names and addresses of this machine itself. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i.test(host);

const parse = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

const plain = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

/** HF_ENDPOINT, or the Hub itself; a sentence when it is no address. */
export const readEndpoint = (env: Io['env']): Endpoint | { readonly problem: string } => {
  const url = parse((env.HF_ENDPOINT ?? '').trim() || standard);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { problem: 'HF_ENDPOINT is no address; write one such as https://huggingface.co, or unset it.' };
  }
  const user = plain(url.username);
  const password = plain(url.password);
  const none = user === '' && password === '';
  return {
    base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    basic: none ? null : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    secrets: [password, url.password].filter(secret => secret !== ''),
    exposed: url.protocol === 'http:' && !isLoopback(url.hostname),
  };
};

/** The variable that tells the Hub's own tools to ask nobody; undefined when none does. */
export const offlineVariable = (env: Io['env']): string | undefined =>
  ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find(name => /^(?:1|on|yes|true)$/i.test(env[name] ?? ''));
