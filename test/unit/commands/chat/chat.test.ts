import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type AnswerAsk, type Answered, answer } from '../../../../src/commands/chat/answer.ts';
import { failureOf } from '../../../../src/commands/chat/line.ts';
import { messagesFor, questionOf } from '../../../../src/commands/chat/once.ts';
import { conversationText } from '../../../../src/commands/chat/save.ts';
import { figuresOf, showAnswer } from '../../../../src/commands/chat/show.ts';
import { readWord } from '../../../../src/commands/chat/words.ts';
import type { Context } from '../../../../src/commands/context.ts';
import type { HttpAsk } from '../../../../src/core/probe.ts';
import { paintFor } from '../../../../src/output/paint.ts';

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
const delta = (content: string, more: object = {}): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null, ...more }] });
const usage = (tokens: number): string => event({ choices: [], usage: { completion_tokens: tokens } });

const asked: HttpAsk[] = [];

/** Streams these chunks; each takes ten milliseconds. */
const ask = (chunks: readonly string[], more: Partial<AnswerAsk> & { status?: number } = {}) => {
  let clock = 0;
  async function* stream() {
    for (const chunk of chunks) {
      clock += 10;
      yield chunk;
    }
  }
  const shown: string[] = [];
  const answered = answer({
    tunnel: {
      stream: async request => {
        asked.push(request);
        return { status: more.status ?? 200, chunks: stream() };
      },
    },
    model: 'm',
    messages: messagesFor('be kind', 'hello'),
    maxTokens: 7,
    until: new AbortController().signal,
    show: ({ content, reasoning }) => void shown.push(`${reasoning}|${content}`),
    now: () => clock,
    ...more,
  });
  return { answered, shown };
};

describe('an answer', () => {
  it('is shown piece by piece wherever the stream is cut, and measured', async () => {
    const whole = `${delta('Hel')}${delta('lo')}: comment\n\n${delta('', { finish_reason: 'stop' })}${usage(3)}data: [DONE]\n\n`;
    const { answered, shown } = ask([whole.slice(0, 25), whole.slice(25, 100), whole.slice(100)]);
    expect(await answered).toEqual({
      kind: 'answered',
      text: 'Hello',
      reasoning: '',
      finish: 'stop',
      firstTokenMs: 20,
      tokensPerSecond: 200,
      tokens: 3,
    });
    expect(shown.filter(text => text !== '|')).toEqual(['|Hel', '|lo']);
    expect(asked.at(-1)).toMatchObject({
      path: '/v1/chat/completions',
      body: {
        model: 'm',
        stream: true,
        max_tokens: 7,
        messages: [
          { role: 'system', content: 'be kind' },
          { role: 'user', content: 'hello' },
        ],
      },
    });
  });
  it('tells thoughts from text, and counts pieces where nobody counts tokens', async () => {
    const { answered } = ask([
      event({ choices: [{ delta: { reasoning_content: 'hm' } }] }),
      event({ choices: [{ delta: { reasoning: '…' } }] }),
      delta('yes'),
    ]);
    expect(await answered).toMatchObject({ reasoning: 'hm…', text: 'yes', tokens: 3, finish: null });
  });
  it('that is refused says why, without secrets', async () => {
    const body = JSON.stringify({ message: 'Bearer abcdefgh12345 is not known', code: 404 });
    const { answered } = ask([body.slice(0, 9), body.slice(9)], { status: 404 });
    expect(await answered).toEqual({ kind: 'failed', status: 404, why: 'Bearer *** is not known' });
  });
  it('that breaks off in the middle is a failure', async () => {
    const { answered, shown } = ask([delta('Hel'), event({ error: { message: 'the worker died' } })]);
    expect(await answered).toEqual({ kind: 'failed', status: 200, why: 'the worker died' });
    expect(shown).toEqual(['|Hel']);
  });
  it('that was stopped keeps what has come', async () => {
    const stop = new AbortController();
    async function* until() {
      yield delta('Hel');
      stop.abort();
    }
    const { answered } = ask([], {
      until: stop.signal,
      tunnel: { stream: async () => ({ status: 200, chunks: until() }) },
    });
    expect(await answered).toMatchObject({ kind: 'answered', text: 'Hel', finish: null });
  });
});

describe('showing an answer', () => {
  const shownAs = async (colored: boolean, ...pieces: [string, string][]): Promise<string> => {
    const stream = new PassThrough();
    const show = showAnswer(stream, paintFor(colored), colored);
    for (const [reasoning, content] of pieces) show.piece({ reasoning, content });
    show.end();
    stream.end();
    return (await stream.toArray()).join('');
  };
  it('ends with one line end and keeps escapes away from the terminal', async () => {
    expect(await shownAs(false, ['', 'a\u001b[2Jb\r\n'], ['', 'c'])).toBe('ab\nc\n');
    expect(await shownAs(false, ['', 'done\n'])).toBe('done\n');
    expect(await shownAs(false)).toBe('');
  });
  it('dims thoughts, or names them where there is no colour', async () => {
    expect(await shownAs(false, ['hm', ''], ['', 'yes'])).toBe('[thinking] hm\n\n[answer] yes\n');
    expect(await shownAs(true, ['hm\nso', ''], ['', 'yes'])).toBe(
      '\u001b[2mhm\u001b[22m\n\u001b[2mso\u001b[22m\n\nyes\n',
    );
  });
  const answered: Answered = {
    kind: 'answered',
    text: '',
    reasoning: '',
    finish: 'length',
    firstTokenMs: 42,
    tokensPerSecond: 180.3,
    tokens: 1,
  };
  it('says how fast it was', () => {
    expect(figuresOf(answered, false)).toBe(
      'first token after 42 ms, 180.3 tokens/s, 1 token, cut at the token limit',
    );
    const none = { ...answered, finish: null, firstTokenMs: null, tokensPerSecond: null };
    expect(figuresOf(none, true)).toBe('stopped, no token came');
  });
});

describe('a line of a chat', () => {
  it.each([
    ['  hello  ', { kind: 'say', text: 'hello' }],
    ['//etc is a folder', { kind: 'say', text: '/etc is a folder' }],
    ['', { kind: 'nothing' }],
    ['/system  answer in German ', { kind: 'system', text: 'answer in German' }],
    ['/system', { kind: 'system', text: '' }],
    ['/save my talk.md', { kind: 'save', file: 'my talk.md' }],
    ['/save', { kind: 'unknown', problem: '/save needs a file: /save conversation.md' }],
    ['/reset', { kind: 'reset' }],
    ['/exit', { kind: 'exit' }],
    ['/quit', { kind: 'exit' }],
    ['/help', { kind: 'help' }],
    ['/exi', { kind: 'unknown', problem: 'There is no /exi; did you mean /exit?' }],
  ])('%j', (line, expected) => {
    expect(readWord(line)).toEqual(expected);
  });
});

describe('a saved conversation', () => {
  const messages = messagesFor('be kind', 'hello');
  it('is Markdown, or messages', () => {
    expect(conversationText('a.md', 'm', messages)).toBe(
      '# m\n\n## Instruction\n\nbe kind\n\n## You\n\nhello\n',
    );
    expect(JSON.parse(conversationText('a.json', 'm', messages))).toEqual({ model: 'm', messages });
  });
});

describe('a question', () => {
  const never = new AbortController().signal;
  const from = (
    prompt: string | undefined,
    piped: string | null,
    isTTY = false,
    signal = never,
  ): Promise<string> => {
    const stdin = Object.assign(new PassThrough(), { isTTY });
    if (piped !== null) stdin.end(piped);
    const options = prompt === undefined ? {} : { prompt };
    return questionOf({ io: { stdin, signal }, options } as unknown as Context);
  };
  it.each<[string | undefined, string | null, string]>([
    ['typed', null, 'typed'],
    ['', null, ''],
    ['typed', '', 'typed'],
    ['typed', 'piped\n', 'typed\n\npiped'],
    ['-', 'piped', 'piped'],
    [undefined, 'piped', 'piped'],
    [undefined, '', ''],
  ])('-p %j with %j piped in', async (prompt, piped, expected) => {
    expect(await from(prompt, piped)).toBe(expected);
  });
  it('is not waited for after an interrupt', async () => {
    const stop = new AbortController();
    const asked = from(undefined, null, false, stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'interrupted' });
  });
  it('does not read a terminal', async () => {
    expect(await from('typed', null, true)).toBe('typed');
  });
});

describe('a request that the server calls wrong', () => {
  type Asking = { prompt?: string; maxTokens?: string };
  const told = async (options: Asking, canPrompt: boolean, why: string, status = 400): Promise<string> => {
    const context = { options, io: { canPrompt } };
    const reached = { deployment: { name: 'chat', namespace: 'ns' } };
    const failed = { kind: 'failed', status, why } as const;
    return (await failureOf(context as never, reached as never, 'm', failed)).hint;
  };
  it('has a remedy that there is: /reset in a conversation, and none in a single question', async () => {
    expect(await told({}, true, 'too long')).toContain('/reset');
    expect(await told({ prompt: 'Hello' }, true, 'too long')).not.toContain('/reset');
    expect(await told({}, false, 'too long')).not.toContain('/reset');
  });
  it('is answered with the flag that the server asks for', async () => {
    const why = '`max_output_tokens` (or `max_tokens`) is required by the mocker worker.';
    expect(await told({}, true, why, 200)).toBe('Say how long an answer may be: --max-tokens 512');
    expect(await told({ maxTokens: '9' }, true, 'max_tokens is too small')).toContain('another --max-tokens');
  });
});
