/** What one worker needs of its node beside GPU memory, from the same figures as the sum and the manifests. */

import type { FitHost } from '../../../../core/fit.ts';
import { cacheGiBFor } from '../cache.ts';
import type { Plan } from '../plan.ts';
import { ephemeralGiB, hostMemoryGiB, pinnedGiB, sharedMemoryGiB } from '../resources.ts';
import type { Settings } from '../settings.ts';
import { bytesPerGib, type Choice, type ModelFacts } from './facts.ts';
import { guessedGib } from './parameters.ts';
import { startupSeconds } from './startup.ts';

const kvbmOf = (settings: Settings): Plan['kvbm'] =>
  settings.kvbm
    ? { cpuGb: settings.kvbmCpuGb, diskGb: settings.kvbmDiskGb, diskDir: settings.kvbmDiskDir ?? '/tmp' }
    : null;

/** Weights are read through the page cache: the more of them stay there, the faster, but none has to. */
export const hostOf = (model: ModelFacts, choice: Choice, settings: Settings): FitHost => {
  const gpus = choice.tensor * choice.pipeline * choice.data;
  const kvbm = kvbmOf(settings);
  const weights = (model.weightsGib ?? guessedGib(model))?.[1] ?? null;
  const pinned = pinnedGiB(kvbm, choice.cpuOffloadGib, gpus);
  const memory = hostMemoryGiB(gpus, pinned);
  const creates = settings.modelCache === 'create';
  return {
    memoryGiB: [memory, memory + (weights ?? 0)],
    pinnedGiB: pinned,
    sharedMemoryGiB: sharedMemoryGiB(settings, gpus),
    ephemeralGiB: ephemeralGiB(kvbm, settings.modelCache === 'none' ? (weights ?? 0) : 0),
    modelCacheGiB: creates && weights !== null ? cacheGiBFor(weights) : null,
    startSeconds:
      weights === null
        ? null
        : startupSeconds({
            weightsBytes: weights * bytesPerGib,
            fetches: true,
            experts: model.experts !== null,
            eager: choice.eager || kvbm !== null,
          }),
  };
};
