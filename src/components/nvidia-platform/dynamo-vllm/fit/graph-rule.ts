/** Legality of the workers in a manifest that somebody saved, wrote or changed; for models of the catalogue. */

import type { Finding } from '../../../../core/finding.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { parseRelease } from '../../../../core/release.ts';
import { joinWords } from '../../../../core/words.ts';
import { takeOver } from '../args.ts';
import { dialectFor } from '../dialect.ts';
import { type EngineWord, readVllmArgs } from '../engine/read.ts';
import { type Component, componentsOf, isShell } from '../graph.ts';
import { tagOf } from '../planning.ts';
import { finding } from '../rule.ts';
import { choiceFrom } from './asked.ts';
import { knownModel } from './catalogue.ts';
import type { Choice } from './facts.ts';
import { checkLegality } from './legality.ts';
import type { Asking } from './problem.ts';

/** The model by its id, or by the folder on the claim, which ends in the id. */
const modelIdOf = (words: readonly EngineWord[]): string | undefined => {
  const path = words.findLast(word => word.flag === '--model')?.values[0] ?? '';
  const names = [...(words.findLast(word => word.flag === '--served-model-name')?.values ?? [])];
  return [path, path.split('/').slice(-2).join('/'), ...names].find(id => knownModel(id) !== undefined);
};

export type Chosen = {
  readonly choice: Choice;
  readonly words: readonly EngineWord[];
};

/**
 * Parallel sizes and engine arguments of a worker; undefined for what is no worker, for a shell, which splits words in ways of its
 * own, and for an image of a release that is not known, whose engine is another. `release` is that of an image whose tag says none.
 */
export const chosenBy = (component: Component, release: string | null = null): Chosen | undefined => {
  const said = tagOf(component.image);
  const tag = parseRelease(said) === undefined ? (release ?? '') : said;
  const known = parseRelease(tag) !== undefined && dialectFor(tag, tag).runtimeKnown === 'known';
  if (!known || isShell(component) || component.args.length === 0) return undefined;
  const at = component.args.indexOf('dynamo.vllm');
  const { words } = readVllmArgs(joinWords(component.args.slice(at + 1)), tag);
  const { owned } = takeOver(words);
  const choice = choiceFrom({
    release: tag,
    engineVersion: dialectFor(tag, tag).runtime.engine,
    parallelism: {
      tensor: owned.tensor ?? 1,
      pipeline: owned.pipeline ?? 1,
      data: owned.data ?? 1,
      expert: owned.expert ?? false,
    },
    maxModelLen: owned.maxModelLen,
    words,
    connector:
      ['prefill', 'decode'].includes(component.type) ||
      component.env.some(({ name }) => name.startsWith('DYN_KVBM_')),
    env: component.env.map(({ name, value }) => `${name}=${value ?? ''}`),
  });
  return { choice, words };
};

const askingOf = (component: Component): Asking | undefined => {
  const chosen = chosenBy(component);
  const modelId = chosen === undefined ? undefined : modelIdOf(chosen.words);
  const model = modelId === undefined ? undefined : knownModel(modelId);
  if (chosen === undefined || modelId === undefined || model === undefined) return undefined;
  return { modelId, model, choice: chosen.choice, gpu: null, gpuCount: null };
};

export const graphLegality = (graph: KubernetesObject): Finding[] =>
  componentsOf(graph).flatMap(component => {
    const asking = askingOf(component);
    if (asking === undefined) return [];
    return checkLegality(asking).map(({ rule, level, message, hint }) =>
      finding(rule, level, component.path, `"${component.name}": ${message}`, hint),
    );
  });
