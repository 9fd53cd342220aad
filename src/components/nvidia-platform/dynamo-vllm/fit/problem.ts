/** What a legality rule is given and what it says. */

import type { Level } from '../../../../core/finding.ts';
import type { Choice, GpuFacts, ModelFacts } from './facts.ts';

export type Asking = {
  /** For sentences. */
  readonly modelId: string;
  readonly model: ModelFacts;
  readonly choice: Choice;
  /** Null: rules about the GPU say nothing. */
  readonly gpu: GpuFacts | null;
  /** GPUs of one node; null when not known. */
  readonly gpuCount: number | null;
};

export type Problem = {
  readonly rule: string;
  readonly level: Level;
  /** What the person would change; becomes the key of a setting. */
  readonly about: 'tensor' | 'pipeline' | 'expert' | 'args' | 'model' | 'gpu';
  readonly message: string;
  /** Lists what is legal. Empty for the rules of shapes: theirs is worked out from all of them together. */
  readonly hint: string;
};

export type LegalRule = (asking: Asking) => readonly Problem[];

/** An error of a rule about shapes; the legal sizes are added where all such rules are asked. */
export const shapeError = (rule: string, about: Problem['about'], message: string): Problem => ({
  rule,
  level: 'error',
  about,
  message,
  hint: '',
});
