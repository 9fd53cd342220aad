/** Which model and which GPU are asked about: from the catalogue, or from what the person said of them. */

import type { Finding } from '../../../../core/finding.ts';
import type { FitAsk } from '../../../../core/fit.ts';
import { isExplicit } from '../../../../core/settings.ts';
import { nearest } from '../../../../core/suggest.ts';
import { finding } from '../rule.ts';
import { knownModel, knownModels } from './catalogue.ts';
import type { GpuFacts, ModelFacts } from './facts.ts';
import { gpuNamed, gpuNames } from './gpus.ts';
import { instanceGpus } from './instances.ts';
import { parseLenient } from './json.ts';
import { readConfig } from './read-config.ts';

type Found<T> = { readonly facts: T | null; readonly findings: readonly Finding[] };

const found = <T>(facts: T): Found<T> => ({ facts, findings: [] });

const unknownModel = (id: string): Finding => {
  const guess = nearest(id, knownModels);
  const other = guess === undefined ? '' : ` Did you mean ${guess}?`;
  const hint = `Give its config.json and the size of its weights: --model-config FILE --weights-gib N.${other}`;
  return finding(
    'fit-unknown-model',
    'unknown',
    'model',
    `${id} is not in the catalogue, so nothing is known of it offline.`,
    hint,
  );
};

const unreadable: Finding = finding(
  'fit-config-unreadable',
  'error',
  'modelConfig',
  'The file of --model-config is no JSON object.',
  "Give the model's config.json as it stands on the Hub.",
);

const exact = (gib: number | null): ModelFacts['weightsGib'] => (gib === null ? null : [gib, gib]);

/** What was said wins over the catalogue; its sizes count beside a config.json only for a model that was named. */
export const modelAsked = (ask: FitAsk): Found<ModelFacts> => {
  const id = String(ask.settled.values['model']);
  const known = knownModel(id);
  const said = exact(ask.weightsGib);
  if (ask.modelConfig === null) {
    if (known === undefined) return { facts: null, findings: [unknownModel(id)] };
    return found({ ...known, weightsGib: said ?? known.weightsGib });
  }
  const config = parseLenient(ask.modelConfig);
  if (config === undefined) return { facts: null, findings: [unreadable] };
  const listed = isExplicit(ask.settled, 'model') ? (known?.weightsGib ?? null) : null;
  return found(readConfig(config, said ?? listed));
};

const unknownGpu = (name: string): Finding => {
  const hint = `Known: ${gpuNames.join(', ')}; product labels and EKS instance types too. For any other: --gpu-memory-gib X --gpu-capability C.`;
  return finding('fit-unknown-gpu', 'unknown', 'gpu', `The GPU "${name}" is not in the catalogue.`, hint);
};

export type GpuAsked = Found<GpuFacts> & { readonly count: number | null };

/** Figures that were said replace those of the catalogue. */
const withFigures = (ask: FitAsk, known: GpuFacts | undefined): GpuFacts | undefined => {
  const visibleGib = ask.gpuMemoryGib ?? known?.visibleGib;
  if (visibleGib === undefined) return undefined;
  return {
    name: known?.name ?? ask.gpu ?? 'GPU',
    visibleGib,
    capability: ask.gpuCapability ?? known?.capability ?? null,
    nvlink: known?.nvlink ?? null,
  };
};

export const gpuAsked = (ask: FitAsk): GpuAsked => {
  const machine = ask.gpu === null ? undefined : instanceGpus(ask.gpu);
  const named = ask.gpu === null ? undefined : (machine?.gpu ?? gpuNamed(ask.gpu));
  const facts = withFigures(ask, named) ?? null;
  const strange = facts === null && ask.gpu !== null;
  return {
    facts,
    count: ask.gpuCount ?? machine?.count ?? null,
    findings: strange ? [unknownGpu(ask.gpu ?? '')] : [],
  };
};
