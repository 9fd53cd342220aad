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
import { checkLegality } from './legality.ts';
import type { Asking } from './problem.ts';

/** The model by its id, or by the folder on the claim, which ends in the id. */
const modelIdOf = (words: readonly EngineWord[]): string | undefined => {
  const path = words.findLast(word => word.flag === '--model')?.values[0] ?? '';
  const names = [...(words.findLast(word => word.flag === '--served-model-name')?.values ?? [])];
  return [path, path.split('/').slice(-2).join('/'), ...names].find(id => knownModel(id) !== undefined);
};

const askingOf = (component: Component): Asking | undefined => {
  const tag = tagOf(component.image);
  const known = parseRelease(tag) !== undefined && dialectFor(tag, tag).runtimeKnown === 'known';
  // A shell splits words in ways of its own, and another image has another engine.
  if (!known || isShell(component) || component.args.length === 0) return undefined;
  const at = component.args.indexOf('dynamo.vllm');
  const { words } = readVllmArgs(joinWords(component.args.slice(at + 1)), tag);
  const modelId = modelIdOf(words);
  const model = modelId === undefined ? undefined : knownModel(modelId);
  if (modelId === undefined || model === undefined) return undefined;
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
    connector: component.env.some(({ name }) => name.startsWith('DYN_KVBM_')),
    env: component.env.map(({ name, value }) => `${name}=${value ?? ''}`),
  });
  return { modelId, model, choice, gpu: null, gpuCount: null };
};

export const graphLegality = (graph: KubernetesObject): Finding[] =>
  componentsOf(graph).flatMap(component => {
    const asking = askingOf(component);
    if (asking === undefined) return [];
    return checkLegality(asking).map(({ rule, level, message, hint }) =>
      finding(rule, level, component.path, `"${component.name}": ${message}`, hint),
    );
  });
