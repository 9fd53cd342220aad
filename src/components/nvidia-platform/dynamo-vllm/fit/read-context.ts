/** The longest context that vLLM derives from a config.json: the least of the lengths it names, scaled as its rope says. */

import { type Json, objectOf } from '../../../../core/json.ts';
import { numberOf, textOf } from './json.ts';

const keys = [
  'max_position_embeddings',
  'n_positions',
  'max_seq_len',
  'seq_length',
  'model_max_length',
  'max_sequence_length',
  'max_seq_length',
  'seq_len',
] as const;

/** Kinds of rope whose factor is in the length already. */
const unscaled: readonly string[] = ['su', 'longrope', 'llama3', 'default', 'mrope', 'proportional'];

const scaled = (length: number, rope: Json): number => {
  const kind = textOf(rope, 'rope_type') ?? textOf(rope, 'type') ?? 'default';
  const factor = numberOf(rope, 'factor');
  if (factor === null || unscaled.includes(kind)) return length;
  return (kind === 'yarn' ? (numberOf(rope, 'original_max_position_embeddings') ?? length) : length) * factor;
};

/** Tokens; null when no length is named. Gemma 3 scales within its length. */
export const contextOf = (text: Json): number | null => {
  const lengths = keys.map(key => numberOf(text, key)).filter(length => length !== null && length > 0);
  if (lengths.length === 0) return null;
  const least = Math.min(...(lengths as number[]));
  const rope = objectOf(text['rope_scaling']) ?? objectOf(text['rope_parameters']);
  const isGemma = (textOf(text, 'model_type') ?? '').startsWith('gemma3');
  return rope === undefined || isGemma ? least : scaled(least, rope);
};
