/** Environment variables of the components and of the download Job. A name stands once in a list: from 1.2 a second one fails the deployment. */

import type { Dialect } from './dialect.ts';
import type { Outline, Plan, Variable } from './plan.ts';
import type { Settings } from './settings.ts';

const literal = (name: string, value: string): Variable => ({ name, value });

/** `NAME=value` texts; a later one of the same name wins. */
const readPairs = (pairs: readonly string[]): Variable[] =>
  pairs.map(pair => literal(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)));

/** What a person sets stands over what the plan sets, in the plan's place. */
const merge = (planned: readonly Variable[], pairs: readonly string[]): Variable[] => {
  const byName = new Map<string, Variable>();
  for (const variable of [...planned, ...readPairs(pairs)]) byName.set(variable.name, variable);
  return [...byName.values()];
};

const logging = (settings: Settings): Variable[] =>
  settings.structuredLogging === true ? [literal('DYN_LOGGING_JSONL', 'true')] : [];

const token = (settings: Settings): Variable[] =>
  settings.hfTokenSecret === null
    ? []
    : [{ name: 'HF_TOKEN', secret: { name: settings.hfTokenSecret, key: 'HF_TOKEN' } }];

/** With the model on the claim nothing needs the Hub; without it every component reads the tokenizer or the weights from there. */
const hub = (settings: Settings, outline: Outline): Variable[] =>
  outline.cache === null ? token(settings) : [];

/** The same prefix must get the same block hash in every worker, or the router never finds it. */
const sameHashes = literal('PYTHONHASHSEED', '0');

const kvbmEnv = (kvbm: NonNullable<Plan['kvbm']>): Variable[] => [
  ...(kvbm.cpuGb > 0 ? [literal('DYN_KVBM_CPU_CACHE_GB', String(kvbm.cpuGb))] : []),
  ...(kvbm.diskGb > 0
    ? [
        literal('DYN_KVBM_DISK_CACHE_GB', String(kvbm.diskGb)),
        literal('DYN_KVBM_DISK_CACHE_DIR', kvbm.diskDir),
      ]
    : []),
];

export const workerEnv = (settings: Settings, outline: Outline, kvbm: Plan['kvbm']): Variable[] =>
  merge(
    [
      ...logging(settings),
      ...hub(settings, outline),
      ...(outline.cache === null ? [] : [literal('HF_HUB_OFFLINE', '1')]),
      ...(outline.router === null ? [] : [sameHashes]),
      ...(kvbm === null ? [] : kvbmEnv(kvbm)),
    ],
    settings.env,
  );

const usualOverlapWeight = 1;

/** The frontend may ask the Hub for a tokenizer that it does not find on the claim, so it is not told to stay offline. */
export const frontendEnv = (settings: Settings, outline: Outline, dialect: Dialect): Variable[] => {
  const { router } = outline;
  const routing =
    router === null
      ? []
      : [
          literal('DYN_ROUTER_MODE', 'kv'),
          literal('DYN_ROUTER_TEMPERATURE', String(router.temperature)),
          ...(router.overlapWeight === usualOverlapWeight
            ? []
            : [literal(dialect.runtime.overlapWeight, String(router.overlapWeight))]),
        ];
  return merge([...logging(settings), ...hub(settings, outline), ...routing], settings.env);
};

export const downloadEnv = (settings: Settings, outline: Outline, mountPath: string): Variable[] =>
  merge(
    [
      literal('MODEL_ID', outline.model.id),
      literal('MODEL_REVISION', outline.model.revision),
      literal('MODEL_DIR', outline.model.path),
      // On the claim: the image's home may not be writable for the pod's user.
      literal('HF_HOME', `${mountPath}/.huggingface`),
      ...token(settings),
    ],
    settings.downloadEnv,
  );
