/** Owns the kit's own access to the API server: JSON over one keep-alive agent, nothing cached. */

import { Agent, type RequestOptions, request } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import type { Pair } from '../control/certificates.ts';

/** Any Kubernetes object; the kit reads what it needs and trusts the API server for the rest. */
export type KubeObject = {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind pass here, each with a schema of its own.
  [member: string]: any;
};

export type Metadata = {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
};

export type OwnerReference = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

/** Where the API server is and who asks. */
export type Access = {
  readonly server: string;
  readonly ca: string;
  readonly client: Pair;
};

/** An answer other than 2xx. */
export class ApiProblem extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'ApiProblem';
    this.code = code;
  }
}

export type Api = {
  /** One request; throws ApiProblem for an answer other than 2xx. `type` defaults to JSON. */
  send(method: string, path: string, body?: unknown, type?: string): Promise<KubeObject>;
  /** The lines of a streaming answer, until the server ends it or the signal fires. */
  lines(path: string, signal: AbortSignal): AsyncGenerator<string>;
  close(): void;
};

/** Opens access; no connection is made before the first request. */
export function createApi(access: Access): Api {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const base: RequestOptions = {
    agent,
    ca: access.ca,
    cert: access.client.cert,
    key: access.client.key,
  };
  return {
    send: (method, path, body, type) => send(access.server, base, { method, path, body, type }),
    lines: (path, signal) => lines(access.server, { ...base, signal }, path),
    close: () => agent.destroy(),
  };
}

type Sending = {
  method: string;
  path: string;
  body?: unknown;
  type?: string | undefined;
};

function send(server: string, base: RequestOptions, sending: Sending): Promise<KubeObject> {
  const payload = sending.body === undefined ? undefined : Buffer.from(JSON.stringify(sending.body));
  const headers: Record<string, string | number> = {
    accept: 'application/json',
  };
  if (payload) {
    headers['content-type'] = sending.type ?? 'application/json';
    headers['content-length'] = payload.length;
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(server + sending.path, { ...base, method: sending.method, headers }, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', chunk => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        settle(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), resolve, reject),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(payload);
  });
}

function settle(
  code: number,
  body: string,
  resolve: (value: KubeObject) => void,
  reject: (error: unknown) => void,
): void {
  const parsed = parse(body);
  if (code >= 200 && code < 300) resolve(parsed);
  else reject(new ApiProblem(code, `${code} ${parsed.message ?? body}`));
}

function parse(body: string): KubeObject {
  try {
    return JSON.parse(body) as KubeObject;
  } catch {
    return { apiVersion: '', kind: '', metadata: { name: '' }, message: body };
  }
}

async function* lines(server: string, base: RequestOptions, path: string): AsyncGenerator<string> {
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request(server + path, { ...base, method: 'GET' }, resolve)
      .once('error', reject)
      .end();
  });
  if (answer.statusCode !== 200) {
    answer.resume();
    throw new ApiProblem(answer.statusCode ?? 0, `${answer.statusCode} ${path}`);
  }
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of answer) {
    const parts = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
