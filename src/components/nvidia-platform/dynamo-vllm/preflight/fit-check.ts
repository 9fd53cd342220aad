/** Checks that the model fits on the GPUs of the nodes where its workers may land, by the sum that `fit` shows. */

import type { CheckResult } from '../../../../core/check.ts';
import { type NodeFact, readOr } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { takeOver } from '../args.ts';
import { type EngineWord, readVllmArgs } from '../engine/read.ts';
import { adviceFor } from '../fit/advice.ts';
import { type Estimate, estimate } from '../fit/estimate.ts';
import type { GpuFacts, ModelFacts } from '../fit/facts.ts';
import { gpuRules } from '../fit/gpu-rules.ts';
import { chosenBy } from '../fit/graph-rule.ts';
import { modelFactsOf } from '../fit/model-facts.ts';
import type { Asking, Problem } from '../fit/problem.ts';
import { changesThatFit, memoryFindings } from '../fit/verdicts.ts';
import type { Demand } from './demand.ts';
import { gpuLabel, gpuOf } from './hardware.ts';
import { takesPods } from './nodes.ts';
import { check, cli } from './result.ts';
import { ownPods, packAll, placesFor, refusalFor, wantsGpus } from './room.ts';
import type { Scene } from './scene.ts';

const fits = check('fit-too-large', 'the model fits on the GPUs', 'refused', 'model');
const tightly = check('fit-tight', 'the model fits with room to spare', 'refused', 'model');
const unknown = check('fit-unknown', 'whether the model fits is known', 'refused', 'model');
const types = check(
  'gpu-types',
  'the workers can only land on GPUs that hold the model',
  'unavailable',
  'nodeSelector',
);

/** What the Hub says of the very revision wins over the catalogue. */
const modelFacts = ({ hub, model }: Scene): ModelFacts | null =>
  model === null
    ? null
    : (modelFactsOf(model, { config: hub?.config ?? null, weightsBytes: hub?.weightsBytes ?? null }) ?? null);

type Verdict = {
  readonly demand: Demand;
  readonly gpu: GpuFacts;
  readonly asking: Asking;
  readonly sum: Estimate;
  readonly illegal: Problem | null;
  readonly nodes: readonly NodeFact[];
};

type Kind = { readonly gpu: GpuFacts; readonly nodes: NodeFact[] };

/** Nodes by GPU, as far as a demand may land there. */
const kindsOf = (scene: Scene, demand: Demand): Kind[] => {
  const refusal = refusalFor(scene, demand);
  const kinds = new Map<string, Kind>();
  for (const node of readOr(scene.cluster.nodes) ?? []) {
    const gpu = takesPods(node) && node.allocatable.gpus > 0 && refusal(node) === null ? gpuOf(node) : null;
    if (gpu === null) continue;
    const kind = kinds.get(gpu.name);
    if (kind === undefined) kinds.set(gpu.name, { gpu, nodes: [node] });
    else kind.nodes.push(node);
  }
  return [...kinds.values()];
};

const releaseSaid = ({ settings }: Scene): string | null => {
  const said = settings?.['release'];
  return typeof said === 'string' ? said : null;
};

const verdictsOf = (scene: Scene, demand: Demand, model: ModelFacts): Verdict[] => {
  const chosen = demand.component === null ? undefined : chosenBy(demand.component, releaseSaid(scene));
  if (chosen === undefined) return [];
  return kindsOf(scene, demand).map(({ gpu, nodes }) => {
    const gpuCount = Math.max(...nodes.map(({ allocatable }) => allocatable.gpus));
    const asking = { modelId: scene.model ?? 'The model', model, choice: chosen.choice, gpu, gpuCount };
    const [illegal = null] = gpuRules.flatMap(rule => rule(asking)).filter(({ level }) => level === 'error');
    return { demand, gpu, asking, sum: estimate(model, chosen.choice, gpu), illegal, nodes };
  });
};

const isBad = ({ sum, illegal }: Verdict): boolean => illegal !== null || sum.verdict === 'does-not-fit';

const gib = (value: number): string => `${value.toFixed(1)} GiB`;

/** `one L40S`, `each of 4 L40S`. */
const cards = ({ gpu, asking: { choice } }: Verdict): string => {
  const count = choice.tensor * choice.pipeline * choice.data;
  return count === 1 ? `one ${gpu.name}` : `${count} ${gpu.name}`;
};

/** The sum in figures: what is needed, what is there. */
const tooLarge = (verdict: Verdict, also: readonly Verdict[] = []): string => {
  const { asking, sum, gpu } = verdict;
  const each = asking.choice.tensor * asking.choice.pipeline * asking.choice.data > 1 ? ' on each' : '';
  const cache = sum.requestGib === null ? '' : ` and the KV cache of one request ${gib(sum.requestGib)}`;
  const needs =
    sum.weightsGib === null ? '' : `its weights take ${gib(sum.weightsGib[0])}${cache}${each}, and `;
  const others = also.length === 0 ? '' : `, nor on ${listed(also.map(({ gpu: other }) => other.name))}`;
  return `${asking.modelId} does not fit on ${cards(verdict)}${others}: ${needs}of the ${gib(gpu.visibleGib)} visible there ${gib(sum.budgetGib ?? 0)} may be used`;
};

/** Advice speaks of the aggregated mode's flags; prefill and decode have twins of them. */
const forRole = (text: string, { name }: Demand): string =>
  ['prefill', 'decode'].includes(name)
    ? text.replaceAll(/--(tensor-parallel-size|expert-parallel)/g, `--${name}-$1`)
    : text;

/** What a person said, which a change keeps: from the answers, else the arguments without those that a plan makes itself. */
const wordsSaid = (scene: Scene, { demand, asking }: Verdict): readonly EngineWord[] => {
  const said = scene.settings?.['vllmArgs'];
  if (typeof said === 'string') return readVllmArgs(said, asking.choice.release).words;
  const all = demand.component === null ? undefined : chosenBy(demand.component, releaseSaid(scene))?.words;
  return takeOver(all ?? []).rest;
};

const advice = (scene: Scene, verdict: Verdict): string => {
  const changes = adviceFor(verdict.asking, wordsSaid(scene, verdict));
  const smaller =
    verdict.asking.model.quantization === null
      ? ['A quantised (FP8) version of the model needs less, too.']
      : [];
  const first =
    changes.length === 0
      ? 'No single change makes it fit: use more GPUs for each worker (tensor parallel size), larger GPUs, or a smaller model.'
      : forRole(changesThatFit(changes), verdict.demand);
  return [first, ...smaller].join('\n');
};

const misfit = (scene: Scene, verdict: Verdict, also: readonly Verdict[]): CheckResult =>
  verdict.illegal === null
    ? fits.fail(`${tooLarge(verdict, also)}.`, advice(scene, verdict))
    : check(verdict.illegal.rule, 'the GPUs can compute the model', 'refused', 'model').fail(
        verdict.illegal.message,
        verdict.illegal.hint,
      );

const selectors = (good: readonly Verdict[]): string => {
  const label = good.flatMap(({ nodes }) => nodes.map(gpuLabel)).find(found => found !== null);
  return label == null ? '--node-selector LABEL=VALUE' : `--node-selector ${label.key}=${label.value}`;
};

/** It fits on some GPUs only: enough of those have to be free, and nothing keeps the workers off the others. */
const mixed = (scene: Scene, bad: readonly Verdict[], good: readonly Verdict[]): CheckResult => {
  const badNodes = new Set(
    bad.flatMap(({ nodes, demand }) => nodes.map(({ name }) => `${demand.name}/${name}`)),
  );
  const places = placesFor(scene, scene.updates ? ownPods(scene) : null, (demand, node) =>
    badNodes.has(`${demand.name}/${node.name}`),
  );
  const [worst] = bad;
  if (worst === undefined) return fits.pass('');
  const names = listed([...new Set(good.map(({ gpu }) => gpu.name))]);
  const why = worst.illegal === null ? tooLarge(worst) : worst.illegal.message.replace(/\.$/, '');
  if (scene.cluster.use.kind === 'read' && packAll(scene, places) === 'impossible')
    return types.fail(
      `${why}; it fits on ${names}, where not enough GPUs are free.`,
      `Free GPUs of ${names}, use fewer replicas, or add such nodes; then choose them: ${cli} install ${selectors(good)}`,
    );
  return types.warn(
    `${why}, and its workers may land there; it fits on ${names}.`,
    `Choose the GPU: ${cli} install ${selectors(good)}`,
  );
};

/** The GPU that comes nearest first. */
const byShortage = (a: Verdict, b: Verdict): number =>
  Number(a.illegal !== null) - Number(b.illegal !== null) || a.sum.shortGib - b.sum.shortGib;

const whole = (scene: Scene, demand: Demand, model: ModelFacts): CheckResult[] => {
  const verdicts = verdictsOf(scene, demand, model);
  const bad = verdicts.filter(isBad).sort(byShortage);
  const good = verdicts.filter(one => !isBad(one));
  const [nearest, ...also] = bad;
  if (nearest === undefined) return good.length === 0 ? unknownGpu(demand) : judged(scene, good);
  return [good.length === 0 ? misfit(scene, nearest, also) : mixed(scene, bad, good)];
};

const unknownGpu = (demand: Demand): CheckResult[] => [
  unknown.unknown(
    `Whether the model fits ${demand.name} is not known: the nodes do not say which GPUs they have, or the image not which engine.`,
    `To have it worked out: ${cli} fit --gpu NAME`,
  ),
];

const judged = (scene: Scene, good: readonly Verdict[]): CheckResult[] => {
  const tight = good.find(({ sum }) => sum.verdict === 'tight');
  if (tight !== undefined) {
    const found = memoryFindings(tight.asking, tight.sum, 'error', []).find(
      ({ rule }) => rule === 'fit-tight',
    );
    return [tightly.warn(found?.message ?? '', advice(scene, tight))];
  }
  const unclear = good.find(({ sum }) => sum.verdict === 'unknown');
  if (unclear !== undefined)
    return [
      unknown.unknown(
        `Whether ${unclear.asking.modelId} fits is not known: ${listed(unclear.sum.missing)} not known.`,
      ),
    ];
  return good
    .slice(0, 1)
    .map(verdict =>
      fits.pass(`${verdict.asking.modelId} fits on ${cards(verdict)} (${verdict.demand.name}).`),
    );
};

const noModel = (scene: Scene): CheckResult =>
  unknown.unknown(
    `Whether ${scene.model ?? 'the model'} fits is not known: neither the Hub nor the catalogue says how large it is.`,
    `To have it worked out: ${cli} fit --model-config FILE --weights-gib N --gpu NAME`,
  );

export const fitChecks = (scene: Scene): CheckResult[] => {
  const demands = scene.demands.filter(wantsGpus);
  if (demands.length === 0 || scene.cluster.nodes.kind !== 'read') return [];
  const model = modelFacts(scene);
  if (model === null) return [noModel(scene)];
  const results = demands.flatMap(demand => whole(scene, demand, model));
  // Roles with the same sizes say the same.
  return results.filter((one, at) => results.findIndex(other => other.message === one.message) === at);
};
