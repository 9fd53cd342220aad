/** Owns a Hub on loopback that speaks enough of the real one's HTTP for its own library, and that fails on command. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { etagOf, isLarge, type Repository, type Tree } from './repository.ts';

/** One request as it came in; `sent` grows while its body goes out. */
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly range: string | undefined;
  /** Milliseconds on a monotonic clock. */
  readonly at: number;
  sent: number;
};

/** What to do instead of answering well. */
export type Fault =
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly headers?: Record<string, string>;
    }
  /** Ends the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Stops after so many bytes of the body until `release()`. */
  | { readonly kind: 'hold'; readonly after: number };

export type Step = { readonly at: (request: Seen) => boolean; readonly fault: Fault | (() => Fault) };

export type Hub = {
  readonly url: string;
  readonly requests: readonly Seen[];
  /** Asked for every request; absent or `undefined` is a good answer. */
  fault: ((request: Seen) => Fault | undefined) | undefined;
  /** Lets everything go on that is held. */
  readonly release: () => void;
  readonly close: () => Promise<void>;
};

type Answer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
};

/** Starts a Hub with these models; `tokens` are the ones it knows, any other is answered with 401. */
export async function startHub(
  repositories: readonly Repository[],
  tokens: readonly string[] = [],
): Promise<Hub> {
  const requests: Seen[] = [];
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    const seen = note(request);
    requests.push(seen);
    const fault = hub.fault?.(seen);
    const answer =
      fault?.kind === 'refuse'
        ? refusal(fault.status, fault.headers)
        : answerTo(seen, repositories, tokens, hub.url);
    send(answer, seen, response, fault, held);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const hub: Hub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault: undefined,
    release: () => {
      for (const goOn of held.splice(0)) goOn();
    },
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  return hub;
}

/** Bytes of file content that went out, all requests together. */
export function bytesServed(hub: Hub): number {
  return hub.requests.filter(isForFile).reduce((sum, request) => sum + request.sent, 0);
}

/** Whether the request asks for the content of a file, not for what the Hub knows about it. */
export function isForFile(request: Seen): boolean {
  return request.method === 'GET' && !request.path.startsWith('/api/');
}

/** Faults that come one after the other, each once, at the next request that it is meant for. */
export function inTurn(...steps: readonly Step[]): (request: Seen) => Fault | undefined {
  const left = [...steps];
  return request => {
    if (!left[0]?.at(request)) return undefined;
    const fault = left.shift()?.fault;
    return typeof fault === 'function' ? fault() : fault;
  };
}

function note(request: IncomingMessage): Seen {
  const token = request.headers.authorization?.replace('Bearer ', '');
  const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
  return {
    method: request.method ?? 'GET',
    path,
    token,
    range: request.headers.range,
    at: performance.now(),
    sent: 0,
  };
}

type Asked = { readonly kind: string | undefined; readonly revision: string; readonly file: string };

function answerTo(
  seen: Seen,
  repositories: readonly Repository[],
  tokens: readonly string[],
  url: string,
): Answer {
  const known = seen.token === undefined || tokens.includes(seen.token);
  if (seen.path === '/api/whoami-v2') return known && seen.token ? json({ name: 'acme-ml' }) : refusal(401);
  if (seen.path.startsWith('/files/')) return contentAnswer(seen.path, repositories);
  const repository = repositories.find(({ id }) =>
    `${seen.path}/`.replace('/api/models', '').startsWith(`/${id}/`),
  );
  if (!repository) return seen.token ? refusal(404, { 'X-Error-Code': 'RepoNotFound' }) : refusal(401);
  return repositoryAnswer(seen, known, repository, url);
}

function repositoryAnswer(seen: Seen, known: boolean, repository: Repository, url: string): Answer {
  const { kind, revision, file } = askedFor(seen.path);
  const commit = repository.commits[revision] ? revision : (repository.branches[revision] ?? '');
  const tree = repository.commits[commit];
  if (!tree) return refusal(404, { 'X-Error-Code': 'RevisionNotFound' });
  const closed = repository.granted && !repository.granted.includes(seen.token ?? '');
  if (kind === 'resolve') return closed ? gated(seen, known) : fileAnswer(commit, tree, file, url);
  return known ? describe(repository, commit, tree, kind === 'tree') : refusal(401);
}

function askedFor(path: string): Asked {
  const [, kind, revision = 'main', file = ''] =
    /\/(revision|tree|resolve)\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  return { kind, revision, file };
}

function describe(repository: Repository, sha: string, tree: Tree, asTree: boolean): Answer {
  const files = Object.entries(tree);
  if (!asTree) {
    const siblings = files.map(([rfilename, content]) => ({
      rfilename,
      size: content.length,
    }));
    return json({
      id: repository.id,
      modelId: repository.id,
      sha,
      siblings,
      gated: repository.granted ? 'manual' : false,
    });
  }
  return json(
    files.map(([path, content]) => {
      const lfs = {
        oid: etagOf(path, content),
        size: content.length,
        pointerSize: 130,
      };
      return {
        type: 'file',
        path,
        size: content.length,
        oid: etagOf('', content),
        ...(isLarge(path) ? { lfs } : {}),
      };
    }),
  );
}

function gated(seen: Seen, known: boolean): Answer {
  const message = 'Access to model acme/tiny is restricted.';
  return refusal(seen.token && known ? 403 : 401, {
    'X-Error-Code': 'GatedRepo',
    'X-Error-Message': message,
  });
}

function fileAnswer(commit: string, tree: Tree, path: string, url: string): Answer {
  const content = tree[path];
  if (!content) return refusal(404, { 'X-Error-Code': 'EntryNotFound' });
  const etag = etagOf(path, content);
  const headers = { 'X-Repo-Commit': commit, ETag: `"${etag}"` };
  if (!isLarge(path)) return { status: 200, headers, body: content };
  const linked = {
    'X-Linked-Etag': `"${etag}"`,
    'X-Linked-Size': String(content.length),
  };
  return {
    status: 302,
    headers: { ...headers, ...linked, Location: `${url}/files/${etag}` },
  };
}

function contentAnswer(path: string, repositories: readonly Repository[]): Answer {
  const files = repositories.flatMap(({ commits }) =>
    Object.values(commits).flatMap(tree => Object.entries(tree)),
  );
  const found = files.find(([name, content]) => isLarge(name) && path === `/files/${etagOf(name, content)}`);
  return found ? { status: 200, body: found[1] } : refusal(404);
}

function json(value: unknown): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

function refusal(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.from('{"error":"refused"}') };
}

function send(
  answer: Answer,
  seen: Seen,
  response: ServerResponse,
  fault: Fault | undefined,
  held: (() => void)[],
): void {
  const whole = answer.body ?? Buffer.alloc(0);
  const start = answer.status === 200 ? Number(/bytes=(\d+)-/.exec(seen.range ?? '')?.[1] ?? 0) : 0;
  const body = whole.subarray(start);
  const partly =
    start > 0
      ? {
          'Content-Range': `bytes ${start}-${whole.length - 1}/${whole.length}`,
        }
      : {};
  response.writeHead(start > 0 ? 206 : answer.status, {
    ...answer.headers,
    ...partly,
    'Content-Length': String(body.length),
  });
  if (seen.method === 'HEAD') response.end();
  else sendBody(body, seen, response, fault, held);
}

function sendBody(
  body: Buffer,
  seen: Seen,
  response: ServerResponse,
  fault: Fault | undefined,
  held: (() => void)[],
): void {
  if (!fault || fault.kind === 'refuse' || fault.after >= body.length) {
    seen.sent = body.length;
    response.end(body);
    return;
  }
  const first = body.subarray(0, fault.after);
  seen.sent = first.length;
  response.write(first, () => {
    if (fault.kind === 'cut') response.destroy();
  });
  if (fault.kind === 'hold') {
    held.push(() => {
      seen.sent = body.length;
      response.end(body.subarray(fault.after));
    });
  }
}
