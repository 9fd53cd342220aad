/** Components by category and name. A component's folder is loaded only when it is named. */

import type { Component } from '../core/component.ts';
import type { Fit } from '../core/fit.ts';
import type { SettingTable } from '../core/schema.ts';

export type ComponentEntry = {
  readonly category: string;
  readonly name: string;
  readonly summary: string;
  /** The settings alone: enough for help. */
  readonly table: () => Promise<SettingTable>;
  readonly load: () => Promise<Component>;
  /** What answers `fit`, without templates and schemas. */
  readonly fit: () => Promise<Fit>;
};

export const componentIndex: readonly ComponentEntry[] = [
  {
    category: 'nvidia-platform',
    name: 'dynamo-vllm',
    summary: 'serve a model with NVIDIA Dynamo and vLLM on a Kubernetes GPU cluster',
    table: async () => (await import('./nvidia-platform/dynamo-vllm/answers.ts')).settingTable,
    load: async () => (await import('./nvidia-platform/dynamo-vllm/component.ts')).component,
    fit: async () => (await import('./nvidia-platform/dynamo-vllm/fit/answer.ts')).fit,
  },
];
