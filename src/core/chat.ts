/** Chat completions as the OpenAI API has them: the request, and the pieces of a streamed answer. */

export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** What one event of a stream adds. */
export type Piece = {
  readonly content: string;
  /** Thoughts, which some models speak before they answer. */
  readonly reasoning: string;
  /** `stop`, `length`, …; null until it ends. */
  readonly finish: string | null;
  /** All tokens of the answer; null where it does not say. */
  readonly tokens: number | null;
  /** What went wrong in the middle; null when nothing did. */
  readonly error: string | null;
};

export const chatBody = (model: string, messages: readonly Message[], maxTokens: number | null): unknown => ({
  model,
  messages,
  stream: true,
  stream_options: { include_usage: true },
  ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
});

type Data = Readonly<Record<string, unknown>>;

const record = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const parsed = (json: string): Data => {
  try {
    return record(JSON.parse(json));
  } catch {
    return {};
  }
};

/** What a server says went wrong: `message`, `error.message` or `error`; empty when it says nothing of the kind. */
export const errorSaid = (json: string): string => {
  const body = parsed(json);
  return text(body.message) || text(record(body.error).message) || text(body.error) || text(body.detail);
};

/** Null for the end mark and for what adds nothing. */
export const pieceOf = (data: string): Piece | null => {
  const body = parsed(data);
  const choices = Array.isArray(body.choices) ? body.choices : null;
  if (choices === null) {
    const error = errorSaid(data);
    return error === '' ? null : { content: '', reasoning: '', finish: null, tokens: null, error };
  }
  const choice = record(choices[0]);
  const delta = record(choice.delta ?? choice.message);
  const { completion_tokens: tokens } = record(body.usage);
  return {
    content: text(delta.content),
    reasoning: text(delta.reasoning_content) || text(delta.reasoning),
    finish: text(choice.finish_reason) || null,
    tokens: typeof tokens === 'number' ? tokens : null,
    error: null,
  };
};
