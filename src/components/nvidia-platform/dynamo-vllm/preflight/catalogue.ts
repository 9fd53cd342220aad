/** Every code of the checks before a deployment; those about fit and about one-node caches stand with the rules that share them. */

import type { Catalogue } from '../../../../core/finding.ts';
import { clusterCodes } from './catalogue-cluster.ts';
import { gpuCodes } from './catalogue-gpus.ts';
import { modelCodes } from './catalogue-model.ts';

export const preflightCatalogue = {
  ...clusterCodes,
  ...modelCodes,
  ...gpuCodes,
} as const satisfies Catalogue;
