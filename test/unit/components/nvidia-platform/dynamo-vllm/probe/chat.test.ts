import { expect, test } from 'vitest';
import {
  judgeChat,
  judgeStream,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/chat.ts';
import type { Reply } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/reply.ts';
import { chatBody, model } from './played.ts';

const reply = (body: unknown, status = 200): Reply => ({
  kind: 'answer',
  status,
  body,
  answer: { status, headers: {}, text: JSON.stringify(body), ms: 1, pieces: [] },
});

const answer = (message: unknown, finish: string | null = 'stop', tokens: number | null = 9) =>
  judgeChat(
    reply(
      chatBody('', {
        choices: [{ index: 0, message, finish_reason: finish }],
        usage: tokens === null ? undefined : { prompt_tokens: 5, completion_tokens: tokens },
      }),
    ),
    model,
  );

test('text is good; cut at the limit it is good and said', () => {
  expect(answer({ content: ' Hello! ' })).toMatchObject({
    kind: 'good',
    text: 'Hello!',
    remark: '',
    completionTokens: 9,
  });
  expect(answer({ content: 'Hel' }, 'length')).toMatchObject({
    kind: 'good',
    remark: 'cut at the token limit',
  });
});

test('a reasoning model that came no further than its thoughts is good', () => {
  for (const key of ['reasoning_content', 'reasoning'])
    expect(answer({ content: null, [key]: 'The user wants' }, 'length', 64)).toMatchObject({
      kind: 'good',
      text: 'The user wants',
      remark: 'reasoning only, cut at the token limit',
    });
});

test('a reasoning model that ended by itself is not called cut', () => {
  expect(answer({ content: null, reasoning: 'Hello.' }, 'stop', 9)).toMatchObject({
    kind: 'good',
    remark: 'reasoning only',
  });
});

test('thoughts that a parser took away altogether are good: tokens were counted', () => {
  expect(answer({ content: '' }, 'length', 64)).toMatchObject({
    kind: 'good',
    text: '',
    remark: 'tokens without visible text',
  });
});

test('a tool call is good', () => {
  expect(answer({ content: null, tool_calls: [{ id: '1' }] }, 'tool_calls')).toMatchObject({
    kind: 'good',
    remark: 'a tool call',
  });
});

test('nothing, or the end mark alone, is bad', () => {
  expect(answer({ content: '' }, 'stop', 0)).toMatchObject({ kind: 'bad', fault: 'empty' });
  expect(answer({ content: ' ' }, 'stop', 1)).toMatchObject({ kind: 'bad', fault: 'empty' });
});

test('no finish reason, no counted tokens, another model, no JSON are bad', () => {
  expect(answer({ content: 'Hi' }, null)).toMatchObject({ fault: 'no-finish' });
  expect(answer({ content: 'Hi' }, 'stop', null)).toMatchObject({ fault: 'no-usage' });
  expect(judgeChat(reply(chatBody('Hi', { model: 'other' })), model)).toMatchObject({ fault: 'wrong-model' });
  expect(judgeChat(reply(undefined), model)).toMatchObject({ fault: 'no-json' });
});

test('other statuses and broken connections may become good', () => {
  expect(judgeChat(reply({ message: 'Model not found' }, 404), model)).toEqual({
    kind: 'not-yet',
    why: '404 "Model not found"',
  });
  expect(judgeChat({ kind: 'broken', why: 'closed' }, model)).toEqual({ kind: 'not-yet', why: 'closed' });
});

test('tokens from the cache are read where they are told', () => {
  const usage = { prompt_tokens: 2000, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 1984 } };
  expect(judgeChat(reply(chatBody('Hi', { usage })), model)).toMatchObject({
    cachedTokens: 1984,
    promptTokens: 2000,
  });
  expect(judgeChat(reply(chatBody('Hi')), model)).toMatchObject({ cachedTokens: null });
});

type Delta = { content?: string; reasoning_content?: string };

const stream = (deltas: readonly (readonly [number, Delta])[], last: readonly object[]): Reply => {
  const chunk = (value: object) => `data: ${JSON.stringify({ model, ...value })}\n\n`;
  const pieces = [
    ...deltas.map(([ms, delta]) => ({ ms, text: chunk({ choices: [{ delta, finish_reason: null }] }) })),
    ...last.map(value => ({ ms: 900, text: chunk(value) })),
    { ms: 901, text: 'data: [DONE]\n\n' },
  ];
  return {
    kind: 'answer',
    status: 200,
    body: undefined,
    answer: { status: 200, headers: {}, text: '', ms: 901, pieces },
  };
};

const end = { choices: [{ delta: {}, finish_reason: 'stop' }] };
const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 5 } };

test('a stream: first token, tokens a second after it, text put together', () => {
  const deltas = [
    [100, { content: '' }],
    [120, { content: 'Hel' }],
    [220, { content: 'lo' }],
    [320, { content: '!' }],
  ] as const;
  const streamed = judgeStream(stream(deltas, [end, usage]), model);
  expect(streamed.judged).toMatchObject({ kind: 'good', text: 'Hello!', completionTokens: 5 });
  expect(streamed.firstTokenMs).toBe(120);
  expect(streamed.tokensPerSecond).toBe(20);
});

test('a stream without usage counts its pieces; thoughts are first tokens too', () => {
  const deltas = [
    [50, { reasoning_content: 'Hm' }],
    [100, { content: 'Hi' }],
  ] as const;
  const streamed = judgeStream(stream(deltas, [end]), model);
  expect(streamed).toMatchObject({
    firstTokenMs: 50,
    tokensPerSecond: 20,
    judged: { kind: 'good', text: 'Hi', completionTokens: 2 },
  });
});

test('a stream that comes all at once has no speed', () => {
  expect(
    judgeStream(
      stream(
        [
          [50, { content: 'a' }],
          [50, { content: 'b' }],
        ],
        [end, usage],
      ),
      model,
    ).tokensPerSecond,
  ).toBeNull();
});

test('an error in the middle of a stream, an end without a reason, an answer as one', () => {
  expect(
    judgeStream(stream([[5, { content: 'a' }]], [{ error: { message: 'worker died' } }]), model).judged,
  ).toEqual({ kind: 'not-yet', why: 'worker died' });
  expect(judgeStream(stream([[5, { content: 'a' }]], []), model).judged).toMatchObject({
    fault: 'no-finish',
  });
  expect(judgeStream(reply(chatBody('Hi')), model).judged).toMatchObject({ fault: 'no-stream' });
});
