/** What a story expects of the checks, and what stories share. */

import { expect } from 'vitest';
import { blameOf } from '../../../../../../src/core/check.ts';
import type { AccessRule, NodeUse } from '../../../../../../src/core/cluster-facts.ts';
import { nodes } from './machines.ts';
import { type Told, textOf } from './world.ts';

export type Expected = {
  readonly mention: readonly RegExp[];
  readonly next: readonly RegExp[];
  readonly never?: readonly RegExp[];
  readonly blame: string | null;
};

/** As the failure stories are judged: every mention, at least one next step, none of the others. */
export const expectError = (told: Told, { mention, next, never = [], blame }: Expected): void => {
  const text = textOf(told);
  for (const pattern of mention) expect(text).toMatch(pattern);
  expect(
    next.some(pattern => pattern.test(text)),
    `no next step in: ${text}`,
  ).toBe(true);
  for (const pattern of never) expect(text).not.toMatch(pattern);
  expect(blameOf(told.results)).toBe(blame);
};

export const use = (node: string, namespace: string, gpus: number): NodeUse => ({
  node,
  namespace,
  asked: { gpus, cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0 },
});

export const systemNodes = nodes('m6i.2xlarge', 2);

export const rule = (group: string, resources: string[], ...verbs: string[]): AccessRule => ({
  verbs,
  groups: [group],
  resources,
  names: [],
});
