/** The plan's rules about fit that need no GPU: legality of each worker's sizes and arguments for a model that the Hub or the catalogue knows. */

import type { Finding } from '../../../../core/finding.ts';
import type { Parallelism, Role } from '../plan.ts';
import type { Planned } from '../planning.ts';
import { parallelKeys } from '../roles.ts';
import { finding, type Rule } from '../rule.ts';
import { choiceFrom } from './asked.ts';
import type { Choice, GpuFacts, ModelFacts } from './facts.ts';
import { checkLegality } from './legality.ts';
import { modelKnownTo } from './model-facts.ts';
import type { Asking, Problem } from './problem.ts';

type Worker = Role & { readonly kind: keyof typeof parallelKeys; readonly parallelism: Parallelism };

const isWorker = (role: Role): role is Worker => role.kind !== 'frontend' && role.parallelism !== null;

const choiceOf = ({ plan, words, settings }: Planned, { parallelism }: Worker): Choice =>
  choiceFrom({
    release: plan.release,
    engineVersion: plan.engine,
    parallelism,
    maxModelLen: plan.model.maxModelLen,
    words,
    connector: plan.mode === 'disaggregated' || plan.kvbm !== null,
    env: settings.env,
  });

/** A question together with the kind of worker that it is about. */
export type WorkerAsking = Asking & { readonly kind: Worker['kind'] };

/** GPUs that one worker wants, all of one node. */
export const gpusWanted = ({ choice }: Pick<WorkerAsking, 'choice'>): number =>
  choice.tensor * choice.pipeline * choice.data;

/** The question of fit for each worker of a plan, on one kind of GPU. */
export const workerAskings = (planned: Planned, model: ModelFacts, gpu: GpuFacts | null): WorkerAsking[] =>
  planned.plan.roles.filter(isWorker).map(role => ({
    kind: role.kind,
    modelId: planned.plan.model.id,
    model,
    choice: choiceOf(planned, role),
    gpu,
    gpuCount: null,
  }));

/** The key of the setting that a problem is about, so that its prompt can refuse it. */
const keyOf = (about: Problem['about'], kind: Worker['kind']): string => {
  const [tensor, pipeline, expert] = parallelKeys[kind];
  return { tensor, pipeline, expert, args: 'vllmArgs', model: 'model', gpu: 'model' }[about];
};

/** Hints speak of the aggregated mode's flags; prefill and decode have twins of them. */
export const forRole = (text: string, kind: Worker['kind']): string =>
  kind === 'worker'
    ? text
    : text.replaceAll(/--(tensor-parallel-size|pipeline-parallel-size|expert-parallel)/g, `--${kind}-$1`);

export const legality: Rule = (input): Finding[] => {
  const model = modelKnownTo(input.facts, input.plan.model.id);
  if (model === undefined || input.dialect.runtimeKnown !== 'known') return [];
  return input.plan.roles.filter(isWorker).flatMap(role =>
    checkLegality({
      modelId: input.plan.model.id,
      model,
      choice: choiceOf(input, role),
      gpu: null,
      gpuCount: null,
    }).map(({ rule, level, about, message, hint }) =>
      finding(rule, level, keyOf(about, role.kind), message, forRole(hint, role.kind)),
    ),
  );
};
