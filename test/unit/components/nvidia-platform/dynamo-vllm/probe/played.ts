/** A frontend that answers as a test says, in a time that passes only when the probe waits. */

import { probe } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/probe.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { HttpAsk, ProbeReport, ProbeStep, ProbeTools, Send } from '../../../../../../src/core/probe.ts';

export const model = 'Qwen/Qwen3-8B';

export type Played =
  | { readonly status?: number; readonly body?: unknown; readonly text?: string }
  | { readonly broken: string };

/** `METHOD /path` to an answer, or to one that depends on the request and on the seconds gone by. */
export type Pages = Readonly<Record<string, Played | ((request: HttpAsk, seconds: number) => Played)>>;

export const chatBody = (content: unknown, more: Record<string, unknown> = {}) => ({
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 9, total_tokens: 19 },
  ...more,
});

export const instance = (component = 'backend', namespace = 'ns-x') => ({
  component,
  endpoint: 'generate',
  namespace,
});

export const healthPage = (...instances: unknown[]): Played => ({
  body: { status: 'healthy', endpoints: [], instances },
});

export const modelsPage = (...ids: string[]): Played => ({
  body: { object: 'list', data: ids.map(id => ({ id, object: 'model' })) },
});

export const happy: Pages = {
  'GET /live': { body: { status: 'live' } },
  'GET /health': healthPage(instance()),
  'GET /v1/models': modelsPage(model),
  'POST /v1/chat/completions': { body: chatBody('Hello! How can I help you today?') },
  'GET /metrics': { text: '' },
};

const eventsOf = (body: unknown): string[] => {
  const {
    choices = [],
    usage,
    ...rest
  } = body as { choices?: { message?: unknown; finish_reason?: string }[]; usage?: unknown };
  const chunk = (value: object) => `data: ${JSON.stringify({ ...rest, ...value })}\n\n`;
  const [choice] = choices;
  return [
    chunk({ choices: [{ index: 0, delta: choice?.message ?? {}, finish_reason: null }] }),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: choice?.finish_reason ?? 'stop' }] }),
    chunk({ choices: [], usage }),
    'data: [DONE]\n\n',
  ];
};

function answerOf(played: Played, request: HttpAsk): Awaited<ReturnType<Send>> {
  if ('broken' in played) return played;
  const { status = 200, body, text = JSON.stringify(body ?? {}) } = played;
  const whole = { status, headers: {}, text, ms: 5, pieces: [] };
  if (status !== 200 || (request.body as { stream?: boolean } | null)?.stream !== true) return whole;
  const pieces = eventsOf(body).map((piece, at) => ({ ms: 40 + at * 10, text: piece }));
  return { ...whole, text: pieces.map(each => each.text).join(''), pieces };
}

export type Playing = {
  readonly report: ProbeReport;
  readonly said: readonly ProbeStep[];
  readonly requests: readonly string[];
  /** Seconds of played time. */
  readonly seconds: number;
};

export type Cast = {
  readonly pages?: Pages;
  readonly graph?: KubernetesObject;
  readonly logs?: readonly string[];
  readonly policies?: readonly string[];
  /** Pages of the pods of a component, by `component:port`. */
  readonly pods?: Readonly<Record<string, Pages>>;
  readonly patienceMs?: number;
};

/** Verifies against the pages and tells what came out. */
export async function play(cast: Cast): Promise<Playing> {
  let now = 1_000_000;
  const begun = now;
  const requests: string[] = [];
  const said: ProbeStep[] = [];
  const sender =
    (pages: Pages, prefix = ''): Send =>
    async request => {
      now += 5;
      const key = `${request.method} ${request.path}`;
      requests.push(prefix + key);
      const page = pages[key] ?? { status: 404, body: { message: 'Not found' } };
      return answerOf(typeof page === 'function' ? page(request, (now - begun) / 1000) : page, request);
    };
  const tools: ProbeTools = {
    send: sender({ ...happy, ...cast.pages }),
    sendTo: async (component, port) => {
      const pages = cast.pods?.[`${component}:${port}`];
      return pages === undefined ? null : sender(pages, `${component} `);
    },
    logs: async () => cast.logs ?? [],
    policies: async () => cast.policies ?? [],
    now: () => now,
    sleep: async ms => {
      now += ms;
    },
    signal: new AbortController().signal,
    say: step => said.push(step),
  };
  const report = await probe.run(
    { name: 'x', namespace: 'ns', graph: cast.graph ?? graph(), patienceMs: cast.patienceMs ?? 120_000 },
    tools,
  );
  return { report, said, requests, seconds: (now - begun) / 1000 };
}

type Env = Readonly<Record<string, string>>;
const listOf = (env: Env) => Object.entries(env).map(([name, value]) => ({ name, value }));

/** A graph of v1alpha1 with a frontend and workers. */
export function graph(
  options: {
    readonly release?: string;
    readonly frontendEnv?: Env;
    readonly args?: readonly string[];
    readonly mode?: 'aggregated' | 'disaggregated';
    readonly workerEnv?: Env;
    readonly status?: unknown;
    readonly mount?: boolean;
    readonly annotations?: Env;
    readonly replicas?: number;
  } = {},
): KubernetesObject {
  const image = `nvcr.io/nvidia/ai-dynamo/vllm-runtime:${options.release ?? '0.9.1'}`;
  const mounts = options.mount ? { volumeMounts: [{ name: 'cache', mountPoint: '/opt/models' }] } : {};
  const worker = (type: string, sub?: string) => ({
    componentType: type,
    ...(sub === undefined ? {} : { subComponentType: sub }),
    replicas: options.replicas ?? 1,
    envs: listOf(options.workerEnv ?? {}),
    ...mounts,
    extraPodSpec: {
      mainContainer: {
        image,
        command: ['python3', '-m', 'dynamo.vllm'],
        args: ['--model', `/opt/models/${model}`, '--served-model-name', model, ...(options.args ?? [])],
      },
    },
  });
  const workers =
    options.mode === 'disaggregated'
      ? { prefill: worker('worker', 'prefill'), decode: worker('worker', 'decode') }
      : { worker: worker('worker') };
  const Frontend = {
    componentType: 'frontend',
    envs: listOf(options.frontendEnv ?? {}),
    ...mounts,
    extraPodSpec: { mainContainer: { image } },
  };
  return {
    apiVersion: 'nvidia.com/v1alpha1',
    kind: 'DynamoGraphDeployment',
    metadata: { name: 'x', namespace: 'ns', annotations: options.annotations ?? {} },
    spec: { services: { Frontend, ...workers } },
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}
