/** The KV connectors: what goes behind `--kv-transfer-config` or `--connector`, and what KVBM needs of each role. */

const nixl = { kv_connector: 'NixlConnector', kv_role: 'kv_both' };
const module = 'kvbm.vllm_integration.connector';
const kvbm = { kv_connector: 'DynamoConnector', kv_connector_module_path: module, kv_role: 'kv_both' };
/** Offload first, NIXL second: the order decides who is asked first. */
const kvbmThenNixl = {
  kv_connector: 'PdConnector',
  kv_role: 'kv_both',
  kv_connector_extra_config: { connectors: [kvbm, nixl] },
  kv_connector_module_path: module,
};

const transfer = (config: unknown): readonly [string, string] => [
  '--kv-transfer-config',
  JSON.stringify(config),
];

export const connectors = { nixl: transfer(nixl) } as const;

/** Arguments by role that replace the plain transfer when the KV cache is offloaded. In disaggregated mode only prefill offloads. */
export type KvbmDialect = {
  readonly worker: readonly string[];
  readonly prefill: readonly string[];
  readonly decode: readonly string[];
};

export const kvbmByConnectorFlag: KvbmDialect = {
  worker: ['--connector', 'kvbm'],
  prefill: ['--connector', 'kvbm', 'nixl'],
  decode: [],
};

export const kvbmByTransferConfig: KvbmDialect = {
  worker: transfer(kvbm),
  prefill: transfer(kvbmThenNixl),
  decode: transfer(nixl),
};

const noHybrid = '--disable-hybrid-kv-cache-manager';

/** From 1.3: disaggregated workers never serve without switching the hybrid KV cache manager off, on both sides. */
export const kvbmWithoutHybridManager: KvbmDialect = {
  worker: kvbmByTransferConfig.worker,
  prefill: [...kvbmByTransferConfig.prefill, noHybrid],
  decode: [...kvbmByTransferConfig.decode, noHybrid],
};
