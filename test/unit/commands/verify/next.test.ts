import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type NextAsk, nextSteps } from '../../../../src/commands/verify/next.ts';

const ask: NextAsk = {
  model: 'Qwen/Qwen3-8B',
  address: 'http://x-frontend.ns.svc.cluster.local:8000/v1',
  name: 'x',
  namespace: 'ns',
  service: 'x-frontend',
  port: 8000,
  line: './cli nvidia-platform dynamo-vllm',
  kubectl: 'kubectl --context dev',
  verbs: ['install', 'verify', 'uninstall'],
};

const lines = (key: string, given = ask): readonly string[] =>
  nextSteps(given).find(step => step.key === key)?.lines ?? [];

test('addresses, and a port-forward in the context of the run', () => {
  expect(lines('address')).toEqual([ask.address]);
  expect(lines('forward')).toEqual(['kubectl --context dev -n ns port-forward service/x-frontend 8000:8000']);
});

test('a way of our own first, where there is the verb', () => {
  const given = { ...ask, verbs: ['endpoint'], reach: ['--context', 'dev'] };
  expect(lines('forward', given)).toEqual([
    './cli nvidia-platform dynamo-vllm endpoint x -n ns --context dev --listen --port 8000',
    'kubectl --context dev -n ns port-forward service/x-frontend 8000:8000',
  ]);
  expect(lines('forward', { ...given, local: 'http://127.0.0.1:9/v1' })).toEqual(['http://127.0.0.1:9/v1']);
});

test('only verbs that there are', () => {
  expect(lines('commands')).toEqual([
    './cli nvidia-platform dynamo-vllm verify x -n ns',
    './cli nvidia-platform dynamo-vllm uninstall x -n ns',
  ]);
  expect(nextSteps({ ...ask, verbs: [] }).some(({ key }) => key === 'commands')).toBe(false);
});

test('a shell takes the curl command apart as it is meant', () => {
  const model = "o'neil/m$HOME";
  const text = lines('curl', { ...ask, model })
    .join('\n')
    .replace(/^curl/, 'printf "%s\\n"');
  const words = execFileSync('sh', ['-c', text], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(words[0]).toBe('http://127.0.0.1:8000/v1/chat/completions');
  expect(JSON.parse(words.at(-1) ?? '')).toEqual({ model, messages: [{ role: 'user', content: 'Hello' }] });
});

test('only the Python snippet stands at the edge, for Python takes no other', () => {
  const flush = nextSteps(ask).filter(step => step.flush);
  expect(flush.map(({ lines: [first] }) => first)).toEqual(['from openai import OpenAI']);
});

test('the LiteLLM snippet is YAML and leads into the cluster', () => {
  expect(parse(lines('litellm').join('\n'))).toEqual({
    model_list: [
      {
        model_name: 'Qwen/Qwen3-8B',
        litellm_params: { model: 'openai/Qwen/Qwen3-8B', api_base: ask.address, api_key: 'none' },
      },
    ],
  });
});

test('the OpenAI lines name the model and the local address', () => {
  const text = lines('openai').join('\n');
  expect(text).toContain('base_url="http://127.0.0.1:8000/v1"');
  expect(text).toContain('model="Qwen/Qwen3-8B"');
});
