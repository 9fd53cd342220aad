/** Settings and facts → plan: makes every decision, once. */

import type { Facts } from '../../../core/component.ts';
import type { Finding } from '../../../core/finding.ts';
import { hashData } from '../../../core/hash.ts';
import { parseRelease, withoutPost } from '../../../core/release.ts';
import { isExplicit, type Settled } from '../../../core/settings.ts';
import { scriptHashes } from '../../../generated/templates.ts';
import { type Taken, takeOver } from './args.ts';
import { planCache } from './cache.ts';
import { type Dialect, dialectFor } from './dialect.ts';
import { type EngineWord, readVllmArgs } from './engine/read.ts';
import { downloadEnv } from './env.ts';
import { placementFor } from './placement.ts';
import type { Download, ModelCache, Outline, Plan, Role } from './plan.ts';
import { parallelKeys, planRoles } from './roles.ts';
import { type Settings, savedSettings } from './settings.ts';

const repository = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime';

/** Chart-only post-releases run the image of the release they follow. */
export const imageFor = (settings: Settings): string =>
  settings.image ?? `${repository}:${withoutPost(settings.release)}`;

/** The tag of an image reference, empty when it has none. */
export const tagOf = (image: string): string => /:([\w][\w.-]*)(@.*)?$/.exec(image)?.[1] ?? '';

/** Where admission wants a version and the tag has none, the release is stated beside it. */
const overrideFor = (image: string, settings: Settings, dialect: Dialect): string | null =>
  dialect.operator.wantsVersionedImage && parseRelease(tagOf(image)) === undefined
    ? withoutPost(settings.release)
    : null;

const digits = { answers: 16, job: 8 } as const;

/** Room in a name for `-download-<8 hex>` below the 63 characters of a label. */
export const jobSuffixLength = '-download-'.length + digits.job;

const downloadFor = (settings: Settings, outline: Outline, cache: ModelCache, image: string): Download => {
  const env = downloadEnv(settings, outline, cache.mountPath);
  const placement = placementFor(settings, cache, true);
  const identity = {
    image,
    env,
    placement,
    claim: cache.claim,
    pull: settings.imagePullSecret,
    script: scriptHashes.download,
  };
  return { job: `${settings.name}-download-${hashData(identity, digits.job)}`, env, placement };
};

const outlineOf = (settings: Settings, cache: ModelCache | null, taken: Taken): Outline => ({
  mode: settings.mode,
  cache,
  model: {
    id: settings.model,
    revision: settings.modelRevision,
    path: cache === null ? settings.model : `${cache.mountPath}/${settings.model}`,
    servedNames: taken.owned.servedNames.length === 0 ? [settings.model] : taken.owned.servedNames,
    maxModelLen: taken.owned.maxModelLen,
  },
  router: settings.kvRouter
    ? { temperature: settings.routerTemperature, overlapWeight: settings.routerOverlapWeight }
    : null,
  kvbm: settings.kvbm
    ? { cpuGb: settings.kvbmCpuGb, diskGb: settings.kvbmDiskGb, diskDir: settings.kvbmDiskDir ?? '/tmp' }
    : null,
});

export type Planned = {
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly taken: Taken;
  /** The additional arguments, word by word. */
  readonly words: readonly EngineWord[];
  /** With what the plan decided written back, so that the same answers file gives the same bytes without a cluster. */
  readonly settings: Settings;
  readonly findings: readonly Finding[];
};

/** Parallel sizes that the additional arguments said, under the keys of their settings. */
const sizesOf = (roles: readonly Role[]): Partial<Settings> =>
  Object.fromEntries(
    roles.flatMap(({ kind, parallelism }) => {
      if (parallelism === null || kind === 'frontend') return [];
      const [tensor, pipeline, expert] = parallelKeys[kind];
      return [
        [tensor, parallelism.tensor],
        [pipeline, parallelism.pipeline],
        [expert, parallelism.expert],
      ] as const;
    }),
  );

/** Writes decisions that came from facts or from the additional arguments into the settings. */
const decided = (settings: Settings, cache: ModelCache | null, operatorRelease: string): Settings => ({
  ...settings,
  operatorRelease,
  ...(cache === null ? {} : { modelCacheAccessMode: cache.accessMode }),
  ...(cache?.create === true ? { modelCacheSize: cache.size, storageClass: cache.storageClass } : {}),
  ...(cache?.create === false ? { modelCache: `claim:${cache.claim}` } : {}),
});

export const planFrom = (given: Settings, settled: Settled, facts: Facts): Planned => {
  const operatorRelease = given.operatorRelease ?? facts.operatorRelease ?? given.release;
  const dialect = dialectFor(operatorRelease, given.release);
  const read = readVllmArgs(given.vllmArgs, given.release);
  const taken = takeOver(read.words);
  const { cache, findings } = planCache(given, facts);
  const settings = decided(given, cache, operatorRelease);
  const image = imageFor(settings);
  const outline = outlineOf(settings, cache, taken);
  const roles = planRoles(settings, outline, dialect, taken, key => isExplicit(settled, key));
  const final = { ...settings, ...sizesOf(roles) };
  const plan: Plan = {
    ...outline,
    name: settings.name,
    namespace: settings.namespace,
    createNamespace: settings.createNamespace,
    platform: settings.platform ?? 'k8s',
    release: settings.release,
    operatorRelease,
    apiVersion: dialect.operator.apiVersion,
    engine: dialect.runtime.engine,
    image,
    runtimeVersionOverride: overrideFor(image, settings, dialect),
    imagePullSecrets: settings.imagePullSecret,
    download: cache === null ? null : downloadFor(settings, outline, cache, image),
    roles,
    gpus: {
      perReplica: Object.fromEntries(
        roles.filter(role => role.gpus > 0).map(role => [role.component, role.gpus]),
      ),
      total: roles.reduce((sum, role) => sum + role.gpus * role.replicas, 0),
    },
    structuredLogging: settings.structuredLogging === true,
    podMonitor: settings.podMonitor,
    answersHash: hashData(savedSettings(final), digits.answers),
  };
  return {
    plan,
    dialect,
    taken,
    words: read.words,
    settings: final,
    findings: [...read.findings, ...findings],
  };
};
