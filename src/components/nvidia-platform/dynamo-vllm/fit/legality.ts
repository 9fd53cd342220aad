/** Runs every legality rule, and lists the parallel sizes that none of them refuses. */

import { listed } from '../../../../core/text.ts';
import { blockRules } from './block-rules.ts';
import { engineRules } from './engine-rules.ts';
import { gpuRules } from './gpu-rules.ts';
import { methodRules } from './method-rules.ts';
import type { Asking, LegalRule, Problem } from './problem.ts';
import { otherShapeRules, shapeRules } from './shape-rules.ts';

/** The rules that TP, DP and EP can break; a size that passes all of them is legal. */
const sizeRules: readonly LegalRule[] = [...shapeRules, ...blockRules];

const candidates = Array.from({ length: 16 }, (_, at) => at + 1);

const isLegal = (asking: Asking): boolean =>
  sizeRules.every(rule => rule(asking).every(({ level }) => level !== 'error'));

const withSize = (asking: Asking, tensor: number, expert: boolean): Asking => ({
  ...asking,
  choice: { ...asking.choice, tensor, expert },
});

/** TP values up to 16 that every rule lets through with everything else as asked. */
export const legalTensorSizes = (asking: Asking, expert = asking.choice.expert): number[] =>
  candidates.filter(tensor => isLegal(withSize(asking, tensor, expert)));

const asFlag = (sizes: readonly number[]): string =>
  `--tensor-parallel-size ${listed(sizes.map(String), 'or')}`;

const legalSizes = (asking: Asking): string => {
  const plain = legalTensorSizes(asking);
  const more =
    asking.choice.expert || asking.model.experts === null
      ? []
      : legalTensorSizes(asking, true).filter(size => size > 1 && !plain.includes(size));
  const parts = [
    ...(plain.length === 0 ? [] : [asFlag(plain)]),
    ...(more.length === 0 ? [] : [`${asFlag(more)} with --expert-parallel`]),
  ];
  return parts.length === 0
    ? 'No size up to 16 is legal with these settings: use --tensor-parallel-size 1 and leave the others out.'
    : `Legal is ${parts.join(', and ')}.`;
};

const cellRules: readonly LegalRule[] = [...sizeRules, ...otherShapeRules, ...gpuRules];

/** What is wrong with sizes and GPU; the rest of a choice is the same for every cell of a table. */
export const cellProblems = (asking: Asking): Problem[] => cellRules.flatMap(rule => [...rule(asking)]);

/** Everything that is wrong with a choice; hints about shapes are still empty. */
const problems = (asking: Asking): Problem[] => [
  ...cellProblems(asking),
  ...[...engineRules, ...methodRules].flatMap(rule => rule(asking)),
];

/** Whether no rule at all refuses it. */
export const isWhollyLegal = (asking: Asking): boolean =>
  problems(asking).every(({ level }) => level !== 'error');

/** All problems of a choice, each with a hint that lists what is legal. */
export const checkLegality = (asking: Asking): Problem[] =>
  problems(asking).map(problem => (problem.hint === '' ? { ...problem, hint: legalSizes(asking) } : problem));
