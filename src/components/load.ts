/** Components by category and name. A component's folder is loaded only when it is named. */

import type { Changes } from '../core/changes.ts';
import type { Component } from '../core/component.ts';
import type { Deployed } from '../core/deployed.ts';
import type { Fit } from '../core/fit.ts';
import type { Inventory } from '../core/inventory.ts';
import type { Preflight } from '../core/preflight.ts';
import type { Probe } from '../core/probe.ts';
import type { ExplainRefusal } from '../core/refused.ts';
import type { SettingTable } from '../core/schema.ts';
import type { Watching } from '../core/sight.ts';

export type ComponentEntry = {
  readonly category: string;
  readonly name: string;
  readonly summary: string;
  /** The settings alone: enough for help. */
  readonly table: () => Promise<SettingTable>;
  readonly load: () => Promise<Component>;
  /** What answers `fit`, without templates and schemas. */
  readonly fit: () => Promise<Fit>;
  readonly preflight: () => Promise<Preflight>;
  /** What `edit` and `scale` need. */
  readonly changes: () => Promise<Changes>;
  readonly explainRefusal: () => Promise<ExplainRefusal>;
  readonly watching: () => Promise<Watching>;
  readonly probe: () => Promise<Probe>;
  readonly inventory: () => Promise<Inventory>;
  /** What lists, statuses and removals need. */
  readonly deployed: () => Promise<Deployed>;
};

export const componentIndex: readonly ComponentEntry[] = [
  {
    category: 'nvidia-platform',
    name: 'dynamo-vllm',
    summary: 'serve a model with NVIDIA Dynamo and vLLM on a Kubernetes GPU cluster',
    table: async () => (await import('./nvidia-platform/dynamo-vllm/answers.ts')).settingTable,
    load: async () => (await import('./nvidia-platform/dynamo-vllm/component.ts')).component,
    fit: async () => (await import('./nvidia-platform/dynamo-vllm/fit/answer.ts')).fit,
    preflight: async () => (await import('./nvidia-platform/dynamo-vllm/preflight/preflight.ts')).preflight,
    changes: async () => (await import('./nvidia-platform/dynamo-vllm/changes/changes.ts')).changes,
    explainRefusal: async () =>
      (await import('./nvidia-platform/dynamo-vllm/admission.ts')).admissionFindings,
    watching: async () => (await import('./nvidia-platform/dynamo-vllm/wait/watching.ts')).watching,
    probe: async () => (await import('./nvidia-platform/dynamo-vllm/probe/probe.ts')).probe,
    inventory: async () => (await import('./nvidia-platform/dynamo-vllm/inventory.ts')).inventory,
    deployed: async () => (await import('./nvidia-platform/dynamo-vllm/deployed/deployed.ts')).deployed,
  },
];
