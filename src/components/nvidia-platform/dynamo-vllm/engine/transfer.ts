/** Checks the connector that --kv-transfer-config chooses, and the ones inside it. */

import { nearest } from '../../../../core/suggest.ts';
import { listed, shown } from '../../../../core/text.ts';
import type { Problem } from './context.ts';
import { releasesWith, spanText } from './history.ts';
import { isObject, type JsonObject } from './json.ts';
import type { EngineTable } from './table.ts';

/** Source: vLLM's KVTransferConfig. */
const roles = ['kv_both', 'kv_consumer', 'kv_producer'];

/** Classes that come with the KVBM package, so vLLM has to be told where they are. */
const kvbmClasses = ['DynamoConnector', 'PdConnector'];
const kvbmModule = 'kvbm.vllm_integration.connector';

const has = (config: JsonObject, key: string): boolean => config[key] !== undefined && config[key] !== null;

const roleProblem = (config: JsonObject): Problem | undefined => {
  const role = config.kv_role;
  if (has(config, 'kv_role')) {
    return roles.some(one => one === role)
      ? undefined
      : {
          why: `${shown(role)} is not a kv_role`,
          hint: `Use one of ${listed(roles, 'or')}.`,
        };
  }
  if (!has(config, 'kv_connector')) return undefined;
  return {
    why: `the connector ${shown(config.kv_connector)} has no kv_role`,
    hint: 'Add "kv_role":"kv_both" to it.',
  };
};

const elsewhere = (name: string): string => {
  const releases = releasesWith('connectors', name);
  return releases.length === 0 ? '' : `; it is in ${spanText(releases)}`;
};

const nameHint = (name: string, table: EngineTable): string => {
  if (kvbmClasses.includes(name)) return `Add "kv_connector_module_path":"${kvbmModule}" to it.`;
  const guess = nearest(name, table.connectors);
  const choice = guess === undefined ? `Use one of ${listed(table.connectors, 'or')}` : `Write "${guess}"`;
  return `${choice}, or add the connector's "kv_connector_module_path".`;
};

const connectorProblem = (config: JsonObject, table: EngineTable): Problem | undefined => {
  const name = config.kv_connector;
  if (!has(config, 'kv_connector') || has(config, 'kv_connector_module_path')) return undefined;
  if (table.connectors.some(one => one === name)) return undefined;
  const text = String(name);
  return {
    why: `it has no connector ${shown(name)}${elsewhere(text)}`,
    hint: nameHint(text, table),
  };
};

/** MultiConnector and KVBM's PdConnector hold a list of configurations of the same shape. */
const insideOf = (config: JsonObject): readonly JsonObject[] => {
  const extra = config.kv_connector_extra_config;
  const inside = isObject(extra) ? extra.connectors : undefined;
  return Array.isArray(inside) ? inside.filter(isObject) : [];
};

const deepest = 4;

/** Everything wrong with one configuration; connectors inside connectors are followed a few levels down. */
export const transferProblems = (config: JsonObject, table: EngineTable, depth = 0): Problem[] => {
  const own = [connectorProblem(config, table), roleProblem(config)].filter(problem => problem !== undefined);
  const inner =
    depth < deepest ? insideOf(config).flatMap(one => transferProblems(one, table, depth + 1)) : [];
  return [...own, ...inner];
};
