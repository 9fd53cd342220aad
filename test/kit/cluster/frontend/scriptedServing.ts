/**
 * SCRIPTED: this is not the Dynamo frontend. It answers what a failure story says, for the faults a healthy frontend cannot show
 * (404, 503, an empty list, a wrong name, a slow or broken answer).
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf } from '../control/ports.ts';
import type { Serving } from './serving.ts';

/** One answer; `delayMs` before it, `cutAfter` bytes of it. */
export type ScriptedAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly timeout?: boolean;
  readonly delayMs?: number;
  readonly cutAfter?: number;
};

/** A scripted frontend for all frontends of a cluster. */
export type ScriptedServing = Serving & {
  /** Answers by `METHOD /path`; asked anew for every request. */
  answers: () => Readonly<Record<string, ScriptedAnswer>>;
  /** Called at the first request. */
  onFirstRequest: () => void;
  /** Breaks every open connection. */
  cut(): void;
};

/** Starts with no answers at all: 404 for everything. */
export function createScriptedServing(): ScriptedServing {
  const servers = new Set<Server>();
  let asked = false;
  const serving: ScriptedServing = {
    description: 'a scripted frontend (not the real one) answers what the story says',
    answers: () => ({}),
    onFirstRequest: () => {},
    cut() {
      for (const server of servers) server.closeAllConnections();
    },
    async serve(life) {
      if (life.role !== 'frontend') return;
      const server = createServer((request, response) => {
        if (!asked) serving.onFirstRequest();
        asked = true;
        void reply(request, response, serving.answers());
      });
      await new Promise<void>(resolve => {
        server.listen(0, '127.0.0.1', resolve);
      });
      servers.add(server);
      life.ended.addEventListener('abort', () => end(servers, server), { once: true });
      await life.forward(8000, portOf(server));
    },
    async stop() {
      for (const server of [...servers]) end(servers, server);
    },
  };
  return serving;
}

function end(servers: Set<Server>, server: Server): void {
  servers.delete(server);
  server.closeAllConnections();
  server.close();
}

type Scripted = Readonly<Record<string, ScriptedAnswer>>;

async function reply(request: IncomingMessage, response: ServerResponse, answers: Scripted): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = (request.url ?? '').split('?')[0];
  const answer = answers[`${request.method} ${path}`] ?? { status: 404, body: { message: 'Not found' } };
  if (answer.timeout) return;
  await sleep(answer.delayMs ?? 0);
  send(response, answer, wantsStream(Buffer.concat(chunks).toString('utf8')));
}

function send(response: ServerResponse, answer: ScriptedAnswer, stream: boolean): void {
  const status = answer.status ?? 200;
  const streamed = stream && status === 200;
  const type = streamed ? 'text/event-stream' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...answer.headers });
  const text = streamed ? events(answer.body) : (answer.text ?? JSON.stringify(answer.body ?? {}));
  if (answer.cutAfter === undefined) response.end(text);
  else response.write(text.slice(0, answer.cutAfter), () => response.destroy());
}

function wantsStream(body: string): boolean {
  try {
    return (JSON.parse(body) as { stream?: boolean }).stream === true;
  } catch {
    return false;
  }
}

type Choice = { index?: number; message?: { role?: string; content?: string }; finish_reason?: string };
type Completion = { object?: string; choices?: Choice[]; usage?: unknown };

// The same answer as server-sent events: one chunk with the text, one with the end.
function events(body: unknown): string {
  const { choices = [], usage, ...rest } = (body ?? {}) as Completion;
  const object = 'chat.completion.chunk';
  const text = choices.map(each => ({
    index: each.index ?? 0,
    delta: each.message ?? {},
    finish_reason: null,
  }));
  const last = choices.map(each => ({
    index: each.index ?? 0,
    delta: {},
    finish_reason: each.finish_reason ?? 'stop',
  }));
  const chunks = [
    { ...rest, object, choices: text },
    { ...rest, object, choices: last, usage },
  ];
  return `${chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
}
