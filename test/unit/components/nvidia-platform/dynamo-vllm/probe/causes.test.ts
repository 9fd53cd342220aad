import { expect, test } from 'vitest';
import {
  type Cast,
  chatBody,
  graph,
  healthPage,
  instance,
  model,
  modelsPage,
  type Playing,
  play,
} from './played.ts';

async function cause(cast: Cast): Promise<Playing & { rule: string; text: string }> {
  const playing = await play(cast);
  const [first] = playing.report.findings;
  expect(playing.report.findings).toHaveLength(1);
  expect(first?.level).toBe('error');
  return { ...playing, rule: first?.rule ?? '', text: `${first?.message}\n${first?.hint}` };
}

const notFound = { status: 404, body: { message: 'Model not found', type: 'Not Found', code: 404 } };

test('registered under its path: named well within half a minute, with both names and the flag', async () => {
  const { report, rule, text, seconds } = await cause({
    pages: { 'GET /v1/models': modelsPage(`/opt/models/${model}`), 'POST /v1/chat/completions': notFound },
  });
  expect(rule).toBe('served-under-other-name');
  expect(report.verdict).toBe('not-serving');
  expect(text).toContain(`serves /opt/models/${model}, and ${model} answers 404`);
  expect(text).toContain(`--served-model-name ${model}`);
  expect(seconds).toBeLessThan(20);
});

test('another id altogether is believed after thirty seconds, not before', async () => {
  const renamed = (until: number) => ({
    pages: {
      'GET /v1/models': (_: unknown, at: number) =>
        at < until ? modelsPage('some/other') : modelsPage(model),
    },
  });
  expect((await play(renamed(25))).report.verdict).toBe('serving');
  const { rule, seconds } = await cause(renamed(1000));
  expect(rule).toBe('served-under-other-name');
  expect(seconds).toBeGreaterThanOrEqual(30);
  expect(seconds).toBeLessThan(35);
});

const hubLine =
  '2026-11-21T09:01:20.118201Z ERROR dynamo_llm::discovery::watcher: Error adding model from discovery error: Failed to fetch model "Qwen/Qwen3-8B" from HuggingFace: request error: error sending request for url (https://huggingface.co/api/models/Qwen/Qwen3-8B): operation timed out';

test('a frontend without a way to the Hub: named within ten seconds, with the policies of the namespace', async () => {
  const { rule, text, seconds, report } = await cause({
    pages: { 'GET /v1/models': modelsPage(), 'POST /v1/chat/completions': notFound },
    logs: ['INFO starting', hubLine],
    policies: ['NetworkPolicy no-internet'],
  });
  expect(rule).toBe('frontend-hub-unreachable');
  expect(text).toMatch(/frontend/i);
  expect(text).toContain('Hugging Face');
  expect(text).toContain('/v1/models is empty');
  expect(text).toContain('timed out');
  expect(text).toContain('allow egress to huggingface.co in NetworkPolicy no-internet');
  expect(text).toContain('Mount the model volume into the frontend');
  expect(text).not.toMatch(/gpu memory|still loading/i);
  expect(report.verdict).toBe('not-serving');
  expect(seconds).toBeLessThan(8);
});

test('a model that answers at first and then leaves the list: what keeps it away is named', async () => {
  const { rule, seconds, report } = await cause({
    pages: {
      'GET /v1/models': (_, at) => (at < 1.5 ? modelsPage(model) : modelsPage()),
      'POST /v1/chat/completions': (_, at) => (at < 1.5 ? { body: chatBody('Hello!') } : notFound),
    },
    logs: [hubLine],
  });
  expect(rule).toBe('frontend-hub-unreachable');
  expect(seconds).toBeLessThan(10);
  expect(report.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toContain('chat warn');
});

test('a volume that the frontend has already is not asked for again', async () => {
  const { text } = await cause({
    graph: graph({ mount: true }),
    pages: { 'GET /v1/models': modelsPage() },
    logs: [hubLine],
  });
  expect(text).not.toContain('Mount the model volume');
  expect(text).toContain('HF_ENDPOINT');
});

test('an empty list with a quiet log waits, and in the end tells the last error of the frontend', async () => {
  const { rule, text, seconds } = await cause({
    pages: { 'GET /v1/models': modelsPage() },
    logs: ['2026-11-21T09:01:20.118201Z ERROR dynamo_llm::x: tokenizer.json is broken', 'INFO later'],
  });
  expect(rule).toBe('model-not-listed');
  expect(text).toContain('ERROR dynamo_llm::x: tokenizer.json is broken');
  expect(text).not.toContain('2026-11-21');
  expect(seconds).toBeGreaterThan(110);
});

const noTemplate = {
  status: 500,
  body: {
    message:
      'Failed to generate completions: chat_template field is required in the tokenizer_config.json file',
    code: 500,
  },
};
const completion = {
  body: { object: 'text_completion', model, choices: [{ index: 0, text: ' I am', finish_reason: 'length' }] },
};

test('a model without a chat template: named at once, with what works instead', async () => {
  const { rule, text, seconds, report } = await cause({
    pages: { 'POST /v1/chat/completions': noTemplate, 'POST /v1/completions': completion },
  });
  expect(rule).toBe('no-chat-template');
  expect(text).toMatch(/chat template/);
  expect(text).toContain(model);
  expect(text).toContain('/v1/completions does');
  expect(text).toContain('--custom-jinja-template');
  expect(text).toContain('Instruct');
  expect(report.verdict).toBe('not-serving');
  expect(seconds).toBeLessThan(2);
});

test('chat that is unknown while completions work is the same cause, after half a minute', async () => {
  const { rule, seconds } = await cause({
    pages: { 'POST /v1/chat/completions': notFound, 'POST /v1/completions': completion },
  });
  expect(rule).toBe('no-chat-template');
  expect(seconds).toBeGreaterThanOrEqual(30);
});

test('chat that never works is named when patience is over, with what the server says', async () => {
  const { rule, text, seconds } = await cause({
    pages: { 'POST /v1/chat/completions': { status: 500, body: { message: 'no instances found' } } },
    patienceMs: 60_000,
  });
  expect(rule).toBe('chat-fails');
  expect(text).toContain('500 "no instances found"');
  expect(seconds).toBeLessThan(62);
});

test('another model in the answer', async () => {
  const { rule, text, seconds } = await cause({
    pages: { 'POST /v1/chat/completions': { body: chatBody('Hi', { model: 'gpt-2' }) } },
  });
  expect(rule).toBe('chat-answer-wrong');
  expect(text).toContain('it answers as "gpt-2"');
  expect(seconds).toBeLessThan(5);
});

test('an empty answer of no tokens is not good', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 0, total_tokens: 10 };
  const { rule, text } = await cause({
    pages: { 'POST /v1/chat/completions': { body: chatBody('', { usage }) } },
  });
  expect(rule).toBe('chat-answer-wrong');
  expect(text).toContain('empty (0 tokens)');
});

test('credentials asked for by something in front', async () => {
  for (const page of ['GET /live', 'GET /v1/models', 'POST /v1/chat/completions']) {
    const { rule, text, seconds } = await cause({
      pages: { [page]: { status: 401, text: 'RBAC: access denied' } },
    });
    expect(rule).toBe('frontend-guarded');
    expect(text).toContain(`${page.split(' ')[1]} of x answers 401`);
    expect(seconds).toBeLessThan(5);
  }
});

test('a frontend that cannot be reached is not ready', async () => {
  const { rule, text, report } = await cause({
    pages: { 'GET /live': { broken: 'No pod with a=b is ready.' } },
    patienceMs: 20_000,
  });
  expect(rule).toBe('frontend-unreachable');
  expect(report.verdict).toBe('not-ready');
  expect(text).toContain('No pod with a=b is ready.');
});

test('a role that is not registered is named: by the release itself from 1.3 on', async () => {
  const { rule, text, seconds } = await cause({
    graph: graph({ release: '1.5.1', mode: 'disaggregated' }),
    pages: {
      'GET /health': healthPage(instance()),
      'GET /v1/models': modelsPage(),
      [`GET /v1/models/${model}/ready`]: {
        status: 503,
        body: {
          model,
          ready: false,
          namespaces: { 'ns-x': { ready: false, missing_worker_types: ['prefill'] } },
        },
      },
    },
  });
  expect(rule).toBe('worker-role-missing');
  expect(text).toContain('The prefill role of x is not registered');
  expect(seconds).toBeLessThan(45);
});

test('workers in another Dynamo namespace', async () => {
  const { rule, text } = await cause({
    graph: graph({ annotations: { 'nvidia.com/dynamo-discovery-backend': 'etcd' } }),
    pages: { 'GET /health': healthPage(instance('backend', 'dynamo')), 'GET /v1/models': modelsPage() },
  });
  expect(rule).toBe('workers-in-other-namespace');
  expect(text).toContain('ns-x, but they are registered in dynamo');
  expect(text).toContain('nvidia.com/dynamo-discovery-backend: etcd');
});

test('no worker at all', async () => {
  const { rule, text, seconds } = await cause({
    pages: { 'GET /health': healthPage(), 'GET /v1/models': modelsPage() },
  });
  expect(rule).toBe('workers-not-registered');
  expect(text).toContain('No worker of x is registered');
  expect(seconds).toBeLessThan(90);
});

test('streaming that does not stream', async () => {
  const { rule, text } = await cause({
    pages: {
      'POST /v1/chat/completions': request =>
        (request.body as { stream?: boolean }).stream
          ? { status: 502, body: { message: 'upstream' } }
          : { body: chatBody('Hi') },
    },
  });
  expect(rule).toBe('stream-fails');
  expect(text).toContain('502 "upstream"');
});

test('what the operator does not call successful is not ready', async () => {
  const { report } = await cause({
    graph: graph({ status: { state: 'pending' } }),
    pages: { 'GET /health': healthPage(), 'GET /v1/models': modelsPage() },
  });
  expect(report.verdict).toBe('not-ready');
});
