/** Which model of the Hub manifests serve, whoever wrote them. */

import type { KubernetesObject } from '../../../../core/manifest.ts';
import type { ServedModel } from '../../../../core/preflight.ts';
import { argument, componentsOf, isGraph, wordsIn } from '../graph.ts';
import { modelOfPath } from './graphs.ts';

/** With its owner; a single word is as likely a folder in the image. */
const hubId = /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/;

/** A folder says nothing of the Hub, unless it is named like the model that is served from it. */
const idOf = (path: string, served: string | undefined): string | null => {
  if (!path.startsWith('/')) return hubId.test(path) ? path : null;
  const id = modelOfPath(path);
  return hubId.test(id) && served?.toLowerCase() === id.toLowerCase() ? id : null;
};

const inWords = (words: readonly string[]): ServedModel | null => {
  const path = argument(words, '--model') ?? argument(words, '--model-path');
  const model = path === undefined ? null : idOf(path, argument(words, '--served-model-name'));
  return model === null ? null : { model, revision: argument(words, '--revision') ?? null };
};

export const servedModel = (objects: readonly KubernetesObject[]): ServedModel | null =>
  objects
    .filter(isGraph)
    .flatMap(componentsOf)
    .map(component => inWords(wordsIn(component)))
    .find(found => found !== null) ?? null;
