/** The Hub on loopback: knows two models, one of them gated, and remembers who asked with which token. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { portOf } from './cluster/control/ports.ts';
import { modelAnswer } from './cluster/scenarios/huggingface.ts';
import type { Profiles } from './cluster/scenarios/story.ts';

/** Small enough for every GPU of a rehearsal. */
export const MODEL = 'Qwen/Qwen3-0.6B';
export const GATED_MODEL = 'meta-llama/Llama-3.2-1B-Instruct';
/** Known too, and larger. */
export const OTHER_MODEL = 'Qwen/Qwen3-4B';

const qwen = { arch: 'Qwen3ForCausalLM', gated: false, headDim: 128, maxPos: 40_960, vocab: 151_936 };
const models = {
  [MODEL]: {
    ...qwen,
    sha: 'c1899de289a04d12100db370d81485cdf75e47ca',
    weightsGiB: 1.41,
    layers: 28,
    hidden: 1024,
    heads: 16,
    kvHeads: 8,
    inter: 3072,
  },
  [OTHER_MODEL]: {
    ...qwen,
    sha: '1cfa9a7208912126459214e8b04321603b3df60c',
    weightsGiB: 7.5,
    layers: 36,
    hidden: 2560,
    heads: 32,
    kvHeads: 8,
    inter: 9728,
  },
  [GATED_MODEL]: {
    sha: '9213176726f574b556790deb65791e0c5aa438b6',
    arch: 'LlamaForCausalLM',
    gated: 'manual',
    weightsGiB: 2.3,
    layers: 16,
    hidden: 2048,
    heads: 32,
    kvHeads: 8,
    headDim: 64,
    inter: 8192,
    maxPos: 131_072,
    vocab: 128_256,
  },
};
const profiles = { models } as unknown as Profiles;

export type HubRequest = { readonly path: string; readonly authorization: string };

export type Hub = {
  /** For the environment: HF_ENDPOINT. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly HubRequest[];
  /** From now on every answer is an error that repeats the request's headers, in its body and in its own headers. */
  readonly echo: () => void;
  readonly stop: () => Promise<void>;
};

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const {
    status = 200,
    headers,
    body,
  } = modelAnswer(`GET ${request.url}`, request.headers.authorization !== undefined, profiles);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body ?? {}));
};

const repeat = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  const said = `Bad credentials: authorization: ${headers.authorization ?? 'none'}`;
  response.writeHead(403, { 'content-type': 'application/json', 'x-error-message': said });
  response.end(JSON.stringify({ error: said }));
};

export const startHub = async (): Promise<Hub> => {
  const requests: HubRequest[] = [];
  let echoes = false;
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '' });
    (echoes ? repeat : answer)(request, response);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    env: { HF_ENDPOINT: `http://127.0.0.1:${portOf(server)}` },
    requests,
    echo: () => {
      echoes = true;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise(resolve => {
        server.close(() => resolve());
      });
    },
  };
};
