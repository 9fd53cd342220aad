import { expect, test } from 'vitest';
import {
  hubFailureIn,
  lastErrorIn,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/hub-log.ts';

test.each([
  [
    'Failed to fetch model "Qwen/Qwen3-8B" from HuggingFace: request error: operation timed out',
    'Qwen/Qwen3-8B',
    'timed out',
  ],
  [
    'ERROR could not download org/m from https://huggingface.co/api/models/org/m: 401 Unauthorized',
    'org/m',
    '401',
  ],
  [
    'error sending request for url (https://huggingface.co/api/models/a/b): dns error: failed to lookup',
    'a/b',
    'resolved',
  ],
  [
    "Failed to fetch file 'config.json' from model 'org/m': HTTP status client error (401 Unauthorized) for url (https://huggingface.co/org/m/resolve/0e9/config.json)",
    'org/m',
    '401',
  ],
  ['ERROR hf.co: tcp connect error: Connection refused (os error 111)', '', 'does not let it out'],
])('%s', (line, model, reason) => {
  const found = hubFailureIn(['INFO fine', line, 'INFO later']);
  expect(found).toMatchObject({ model, line });
  expect(found?.reason).toContain(reason);
});

test('lines about the Hub that tell no failure, and failures of others, are none', () => {
  expect(hubFailureIn(['INFO downloading from huggingface.co', 'ERROR worker failed', ''])).toBeNull();
});

test('the last error, without its time, cut for a sentence', () => {
  expect(
    lastErrorIn([
      '2026-11-21T09:01:20.1Z ERROR a: first',
      '2026-11-21T09:01:21.1Z ERROR b: second',
      'INFO c',
    ]),
  ).toBe('ERROR b: second');
  expect(lastErrorIn([`ERROR ${'x'.repeat(500)}`]).length).toBe(160);
  expect(lastErrorIn(['INFO fine'])).toBe('');
});
