/** The settings of this component with their types, once every derived value is worked out. */

import type { Facts } from '../../../core/component.ts';
import { nameFromModel } from '../../../core/name.ts';
import type { Settled, Values } from '../../../core/settings.ts';
import { applies } from '../../../core/settings.ts';
import { settingTable } from './answers.ts';

type Table = typeof settingTable;

type ValueOf<S> = S extends { kind: 'integer' | 'number'; default: infer D }
  ? number | Extract<D, null>
  : S extends { kind: 'switch'; default: infer D }
    ? boolean | Extract<D, null>
    : S extends { kind: 'list' }
      ? readonly string[]
      : S extends { kind: 'choice'; choices: readonly { value: infer V }[]; default: infer D }
        ? V | Extract<D, null>
        : S extends { default: infer D }
          ? string | Extract<D, null>
          : never;

/** Complete and frozen. Null where a setting is not set and nothing follows from that. */
export type Settings = { readonly [K in keyof Table]: ValueOf<Table[K]> } & { readonly name: string };

/** The release in the shipped config.json; another value, or any higher layer, counts as chosen. */
const shippedRelease = '0.9.1';

/** Whether a person chose the release, so that the operator's must not replace it. */
export const releaseIsChosen = (settled: Settled): boolean => {
  const layer = settled.layers.release ?? 'default';
  if (layer === 'default') return false;
  return layer === 'config.json' ? settled.values.release !== shippedRelease : true;
};

const diskDirectories = { eks: '/mnt/nvme/kvbm_cache', k8s: '/tmp' } as const;

const complete = (values: Values, facts: Facts): Values => {
  const platform = values.platform === 'eks' ? 'eks' : 'k8s';
  return {
    ...values,
    model: spelled(String(values.model), facts),
    name: values.name ?? nameFromModel(String(values.model)),
    kvbmDiskDir: values.kvbmDiskDir ?? diskDirectories[platform],
    structuredLogging: values.structuredLogging ?? facts.monitoring === true,
    hfTokenSecret: values.hfTokenSecret ?? foundTokenSecret(facts),
  };
};

/** The Hub answers to any casing; files and the engine want its own spelling. */
const spelled = (model: string, facts: Facts): string =>
  facts.model?.asked === model ? facts.model.id : model;

/** The name that Dynamo's own manifests use. */
const usualTokenSecret = 'hf-token-secret';

const foundTokenSecret = (facts: Facts): string | null =>
  facts.secrets?.includes(usualTokenSecret) === true || facts.token ? usualTokenSecret : null;

/** Settings from answers and facts. Values were checked against the table when they were read. */
export const settingsFrom = (settled: Settled, facts: Facts): Settings => {
  const release =
    !releaseIsChosen(settled) && facts.operatorRelease !== null
      ? facts.operatorRelease
      : settled.values.release;
  const values = { ...settled.values, release: release ?? shippedRelease };
  return Object.freeze(complete(values, facts)) as Settings;
};

/** What an answers file holds: what applies and is set, in the table's order. */
export const savedSettings = (settings: Settings): Values =>
  Object.fromEntries(
    Object.entries(settingTable)
      .filter(([key, spec]) => !('persist' in spec) && applies(settingTable, key, settings))
      .map(([key]) => [key, settings[key as keyof Settings]] as const)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
