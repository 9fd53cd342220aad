/** Drafts from answers as a person would give them, without a process. */

import { component } from '../../src/components/nvidia-platform/dynamo-vllm/component.ts';
import type { Draft, Facts } from '../../src/core/component.ts';
import { noFacts } from '../../src/core/component.ts';
import type { Value } from '../../src/core/schema.ts';
import { type LayerName, settle } from '../../src/core/settings.ts';

const programVersion = '0.0.0-test';

export const draftFrom = (
  answers: Readonly<Record<string, Value>>,
  facts: Facts = noFacts,
  layer: LayerName = 'answers file',
): Draft =>
  component.draft(settle(component.settings, [{ name: layer, values: answers }]), facts, programVersion);

/** Codes of the findings of a level, in order. */
export const codes = (draft: Draft, level: string): string[] =>
  draft.findings.filter(found => found.level === level).map(found => found.rule);
