/** Owns the small model folder that the mock workers load: a configuration and a tokenizer of our own making, no weights. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Mock workers answer with random tokens: several thousand words make the answers read as text.
const WORDS = 8000;
const SYLLABLES = [
  'ba',
  'de',
  'ki',
  'lo',
  'mu',
  'na',
  'pe',
  'ri',
  'so',
  'tu',
  'va',
  'we',
  'xi',
  'yo',
  'zu',
  'an',
  'el',
  'in',
  'or',
  'us',
];
const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const CHAT_TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

/** Writes the folder; what is there already is written again the same. */
export function writeModelFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  const vocabulary = vocabularyOf();
  const end = vocabulary['<|endoftext|>'];
  write('config.json', {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: Object.keys(vocabulary).length,
    max_position_embeddings: 8192,
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    eos_token_id: end,
    bos_token_id: end,
    torch_dtype: 'bfloat16',
  });
  write('generation_config.json', { eos_token_id: [end] });
  write('tokenizer.json', tokenizer(vocabulary));
  write('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<|endoftext|>',
    bos_token: '<|endoftext|>',
    model_max_length: 8192,
    chat_template: CHAT_TEMPLATE,
  });
}

function vocabularyOf(): Record<string, number> {
  const tokens = [
    ...SPECIAL,
    ...byteLetters(),
    ...Array.from({ length: WORDS }, (_, i) => `\u0120${word(i)}`),
  ];
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

function word(i: number): string {
  const base = SYLLABLES.length;
  const letters = [i % base, Math.floor(i / base) % base, Math.floor(i / base ** 2) % base];
  return letters.map(each => SYLLABLES[each]).join('');
}

// The letters that stand for the 256 bytes in byte-level BPE: printable ones for themselves, the others from U+0100 on.
function byteLetters(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 255 && byte !== 173);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

function tokenizer(vocabulary: Record<string, number>): unknown {
  const special = (content: string) => ({ id: vocabulary[content], content, special: true });
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map(content => ({ ...special(content), ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: vocabulary,
      merges: [],
    },
  };
}
