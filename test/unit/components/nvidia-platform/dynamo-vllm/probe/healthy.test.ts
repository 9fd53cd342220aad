import { expect, test } from 'vitest';
import { chatBody, graph, healthPage, instance, model, modelsPage, play } from './played.ts';

const words = (said: readonly unknown[]): string => JSON.stringify(said);

test('a healthy deployment is verified at once', async () => {
  const { report, requests, said } = await play({});
  expect(report).toMatchObject({
    verdict: 'serving',
    findings: [],
    model,
    answer: 'Hello! How can I help you today?',
    address: 'http://x-frontend.ns.svc.cluster.local:8000/v1',
    versions: { dynamo: '0.9.1', vllm: '0.14.1' },
    firstTokenMs: 40,
  });
  expect(requests).toEqual([
    'GET /live',
    'GET /health',
    'GET /v1/models',
    `GET /v1/models/${model}/ready`,
    'POST /v1/chat/completions',
    'POST /v1/chat/completions',
    'POST /v1/chat/completions',
  ]);
  expect(report.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    'live pass',
    'health pass',
    'models pass',
    'chat pass',
    'stream pass',
  ]);
  expect(said.filter(({ outcome }) => outcome !== 'running')).toEqual(report.steps);
});

test('good answers are a second apart, so that a first moment is not taken for all', async () => {
  const { seconds } = await play({});
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(4);
});

test('a model that comes, goes and comes again is waited for', async () => {
  const gone = (at: number) => at > 0.5 && at < 5;
  const { report } = await play({
    pages: {
      'GET /v1/models': (_, at) => (gone(at) ? modelsPage() : modelsPage(model)),
      'POST /v1/chat/completions': (_, at) =>
        gone(at) ? { status: 404, body: { message: 'Model not found' } } : { body: chatBody('Hello!') },
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
});

test('sixteen seconds of 404 and 500 after everything is Ready are nothing', async () => {
  const { report, said, seconds } = await play({
    pages: {
      'POST /v1/chat/completions': (_, at) => {
        if (at < 8)
          return { status: 404, body: { message: 'Model not found', type: 'Not Found', code: 404 } };
        if (at >= 16) return { body: chatBody('Hello!') };
        const message =
          'Failed to generate completions: no instances found for endpoint "ns-x/backend/generate"';
        return { status: 500, body: { message, type: 'Internal Server Error', code: 500 } };
      },
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
  expect(seconds).toBeGreaterThan(16);
  expect(seconds).toBeLessThan(20);
  expect(words(said)).not.toMatch(/model (was )?not found|wrong (served )?name|fail|error/i);
});

test('a model that the Hub spells in other letters is the same model', async () => {
  const { report } = await play({
    pages: {
      'GET /v1/models': modelsPage('qwen/qwen3-8b'),
      'POST /v1/chat/completions': { body: chatBody('Hi', { model: 'qwen/qwen3-8b' }) },
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', model: 'qwen/qwen3-8b', findings: [] });
});

test('three good answers have to come in a row', async () => {
  let asked = 0;
  const { report } = await play({
    pages: {
      'POST /v1/chat/completions': () => {
        asked += 1;
        return asked === 2 ? { status: 503, body: { message: 'busy' } } : { body: chatBody('Hello!') };
      },
    },
  });
  expect(report.verdict).toBe('serving');
  expect(asked).toBe(5);
});

test('a list that is empty at first, workers that register late and a frontend that starts are waited for', async () => {
  const { report, said } = await play({
    pages: {
      'GET /live': (_, at) => (at < 5 ? { broken: 'No pod is ready.' } : { body: {} }),
      'GET /health': (_, at) => (at < 12 ? healthPage() : healthPage(instance())),
      'GET /v1/models': (_, at) => (at < 20 ? modelsPage() : modelsPage(model)),
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
  expect(words(said)).toContain('the list is empty so far');
});

test('from 1.3 on a listed model may still wait for a role', async () => {
  const ready = (is: boolean, missing: string[]) => ({
    status: is ? 200 : 503,
    body: { model, ready: is, namespaces: { 'ns-x': { ready: is, missing_worker_types: missing } } },
  });
  const { report, said } = await play({
    graph: graph({ release: '1.5.1', mode: 'disaggregated' }),
    pages: {
      'GET /health': healthPage(instance(), instance('prefill')),
      [`GET /v1/models/${model}/ready`]: (_, at) => (at < 10 ? ready(false, ['prefill']) : ready(true, [])),
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
  expect(words(said)).toContain('waiting for prefill');
});

test('a tunnel that breaks for a moment is no alarm', async () => {
  const { report } = await play({
    pages: {
      'GET /v1/models': (_, at) => (at < 6 ? { broken: 'the connection was closed' } : modelsPage(model)),
      'POST /v1/chat/completions': (_, at) =>
        at < 9 ? { broken: 'the connection was closed' } : { body: chatBody('Hi') },
    },
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
});

test('a worker namespace with its generation behind it is our own', async () => {
  const { report } = await play({
    pages: { 'GET /health': healthPage(instance('backend', 'ns-x-1a2b3c4d')) },
  });
  expect(report.steps[1]).toMatchObject({ outcome: 'pass', detail: 'worker 1' });
});
