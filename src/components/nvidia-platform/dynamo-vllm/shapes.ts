/** Shapes that several settings share. */

export const vllm = (key: string): string => `platform.<platform>.dynamoVllm.${key}`;
export const platform = (key: string): string => `platform.<platform>.dynamoPlatform.${key}`;

export const aggregated = (key: string, prefill: string, decode: string) =>
  ({ config: vllm(key), needs: { key: 'mode', value: 'aggregated', instead: [prefill, decode] } }) as const;
export const disaggregated = (key: string, instead: string) =>
  ({ config: vllm(key), needs: { key: 'mode', value: 'disaggregated', instead: [instead] } }) as const;
export const parallel = { kind: 'integer', default: 1, min: 1, max: 16, metavar: 'N' } as const;
export const replicas = { kind: 'integer', default: 1, min: 1, max: 1000, metavar: 'N' } as const;
export const onlyKvbm = { key: 'kvbm', value: true } as const;
