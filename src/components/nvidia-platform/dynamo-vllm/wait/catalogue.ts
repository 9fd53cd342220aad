/** Every code of the live wait. */

import type { Catalogue } from '../../../../core/finding.ts';
import { clusterCatalogue } from './catalogue-cluster.ts';
import { downloadCatalogue } from './catalogue-downloads.ts';
import { startCatalogue } from './catalogue-starts.ts';

export const waitingCatalogue = {
  ...downloadCatalogue,
  ...startCatalogue,
  ...clusterCatalogue,
} as const satisfies Catalogue;
