/** Which model and which GPU are asked about: from the catalogue, or from what the person said of them. */

import type { Finding } from '../../../../core/finding.ts';
import type { FitAsk, FitReport } from '../../../../core/fit.ts';
import type { HubFacts } from '../../../../core/hub-facts.ts';
import { isExplicit } from '../../../../core/settings.ts';
import { nearest } from '../../../../core/suggest.ts';
import { listed } from '../../../../core/text.ts';
import { finding } from '../rule.ts';
import { knownModel, knownModels } from './catalogue.ts';
import type { GpuFacts, ModelFacts } from './facts.ts';
import { gpuNamed, gpuNames } from './gpus.ts';
import { instanceGpus, instanceTypes } from './instances.ts';
import { parseLenient } from './json.ts';
import { modelFactsOf } from './model-facts.ts';
import { readConfig } from './read-config.ts';

type Found<T> = { readonly facts: T | null; readonly findings: readonly Finding[] };

const found = <T>(facts: T): Found<T> => ({ facts, findings: [] });

/** Why the Hub did not help, as the middle of a sentence. */
const hubWords: Readonly<Record<HubFacts['verdict'], string>> = {
  found: 'and the Hub has no config.json of it that tells its size',
  gated: 'and the Hub shows its config.json only to accounts that were let in',
  missing: 'and the Hub has no such model, or it is private',
  'revision-missing': 'and the Hub has no such revision of it',
  'token-invalid': 'and the Hub does not accept the token',
  disabled: 'and the Hub has switched it off',
  unknown: 'and the Hub could not be asked',
};

/** The end of a sentence. */
const whyUnknown = (hub: HubFacts | null): string => {
  if (hub === null) return 'so nothing is known of it offline';
  const more = hub.verdict === 'unknown' && hub.message !== '' ? ` (${hub.message.replace(/\.$/, '')})` : '';
  const known = hub.weightsBytes === null ? 'nothing is' : 'only its size is';
  return `${hubWords[hub.verdict]}${more}, so ${known} known of it`;
};

const unknownModel = (id: string, hub: HubFacts | null): Finding => {
  const guess = hub?.suggestions[0] ?? (hub?.verdict === 'gated' ? undefined : nearest(id, knownModels));
  const other = guess === undefined ? '' : `Did you mean ${guess}? `;
  const token = hub?.verdict === 'gated' ? ' Or set HF_TOKEN to a token of an account with access.' : '';
  const ask = hub === null ? 'Leave --offline out to ask the Hub, or give' : 'Give';
  const hint = `${other}${ask} its config.json and the size of its weights with --model-config FILE --weights-gib N.${token}`;
  const message = `${id} is not in the catalogue, ${whyUnknown(hub)}.`;
  return finding('fit-unknown-model', 'unknown', 'model', message, hint);
};

const unreadable: Finding = finding(
  'fit-config-unreadable',
  'error',
  'modelConfig',
  'The file of --model-config is no JSON object.',
  "Give the model's config.json as it stands on the Hub.",
);

const exact = (gib: number | null): ModelFacts['weightsGib'] => (gib === null ? null : [gib, gib]);

export type ModelAsked = Found<ModelFacts> & { readonly from: FitReport['modelFrom'] };

/** The Hub's word, else the catalogue's; a size that was said wins over both. */
const named = (id: string, hub: HubFacts | null, said: ModelFacts['weightsGib']): ModelAsked => {
  const facts = modelFactsOf(id, hub);
  if (facts === undefined) return { facts: null, from: null, findings: [unknownModel(id, hub)] };
  const fromHub = hub !== null && (hub.config !== null || hub.weightsBytes !== null);
  return {
    facts: { ...facts, weightsGib: said ?? facts.weightsGib },
    from: fromHub ? 'hub' : 'catalogue',
    findings: facts.layers === null && knownModel(id) === undefined ? [unknownModel(id, hub)] : [],
  };
};

/** What was said wins over the catalogue; its sizes count beside a config.json only for a model that was named. */
export const modelAsked = (ask: FitAsk): ModelAsked => {
  const id = String(ask.settled.values['model']);
  const said = exact(ask.weightsGib);
  if (ask.modelConfig === null) return named(id, ask.hub, said);
  const config = parseLenient(ask.modelConfig);
  if (config === undefined) return { facts: null, from: null, findings: [unreadable] };
  const listed = isExplicit(ask.settled, 'model') ? (knownModel(id)?.weightsGib ?? null) : null;
  return { ...found(readConfig(config, said ?? listed)), from: 'said' };
};

/** Names that begin so, or else the nearest one. */
const similar = (name: string): readonly string[] => {
  const begin = name.trim().toLowerCase();
  const longer = gpuNames.filter(known => begin.length > 1 && known.toLowerCase().startsWith(begin));
  if (longer.length > 0) return longer;
  const other = nearest(name, [...gpuNames, ...instanceTypes]);
  return other === undefined ? [] : [other];
};

const unknownGpu = (name: string): Finding => {
  const others = similar(name);
  const guess = others.length === 0 ? '' : `Did you mean ${listed(others, 'or')}? `;
  const hint = `${guess}Known: ${gpuNames.join(', ')}; product labels and the machine types of EKS, AKS and GKE too. For any other give --gpu-memory-gib X --gpu-capability C.`;
  return finding('fit-unknown-gpu', 'unknown', 'gpu', `The GPU "${name}" is not in the catalogue.`, hint);
};

export type GpuAsked = Found<GpuFacts> & { readonly count: number | null };

/** Figures that were said replace those of the catalogue. */
const withFigures = (ask: FitAsk, known: GpuFacts | undefined): GpuFacts | undefined => {
  const visibleGib = ask.gpuMemoryGib ?? known?.visibleGib;
  if (visibleGib === undefined) return undefined;
  return {
    name: known?.name ?? ask.gpu ?? `${visibleGib}-GiB GPU`,
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
