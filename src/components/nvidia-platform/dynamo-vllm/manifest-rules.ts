/** What can be wrong in a DynamoGraphDeployment although every API server accepts it; our own and hand-written ones alike. */

import type { Finding } from '../../../core/finding.ts';
import type { KubernetesObject } from '../../../core/manifest.ts';
import { dns1035 } from '../../../core/name.ts';
import { parseRelease } from '../../../core/release.ts';
import { joinWords } from '../../../core/words.ts';
import { dialectFor } from './dialect.ts';
import { readVllmArgs } from './engine/read.ts';
import { argument, type Component, componentsOf, isShell } from './graph.ts';
import { tagOf } from './planning.ts';
import { finding } from './rule.ts';

type GraphRule = (component: Component, graph: KubernetesObject) => readonly Finding[];

const isEngine = (component: Component): boolean =>
  [...component.command, ...component.args].some(word => word.includes('dynamo.vllm'));

const gpus: GraphRule = component => {
  if (!isEngine(component)) return [];
  if (component.gpu === null) {
    return [
      finding(
        'worker-without-gpu',
        'error',
        component.path,
        `The worker "${component.name}" asks for no GPU.`,
        'Add a GPU limit: gpu (v1alpha1) or nvidia.com/gpu (v1beta1).',
      ),
    ];
  }
  if (/^[1-9]\d*$/.test(component.gpu)) return [];
  const message = `The worker "${component.name}" asks for "${component.gpu}" GPUs; the operator drops what is no whole number and starts it without one.`;
  return [
    finding(
      'quantity-unreadable',
      'error',
      component.path,
      message,
      'Write a whole number in quotes, such as "1".',
    ),
  ];
};

const quantity = /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][0-9]+)?$/;

const quantities: GraphRule = component =>
  Object.entries(component.quantities)
    .filter(
      ([name, value]) =>
        name !== 'gpu' && name !== 'gpuType' && name !== 'nvidia.com/gpu' && !quantity.test(value),
    )
    .map(([name, value]) =>
      finding(
        'quantity-unreadable',
        'error',
        component.path,
        `"${value}" for ${name} of "${component.name}" is no quantity; the operator drops it without a word.`,
        'Write a number and a unit, such as 64Gi.',
      ),
    );

const duplicates: GraphRule = component => {
  const names = component.env.map(variable => variable.name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map(name =>
    finding(
      'env-duplicate',
      'error',
      component.path,
      `"${component.name}" sets ${name} twice; from Dynamo 1.2 on that fails the deployment.`,
      `Keep one ${name}.`,
    ),
  );
};

const handlers = ['httpGet', 'exec', 'tcpSocket', 'grpc'];

const probes: GraphRule = component =>
  Object.entries(component.probes)
    .filter(
      ([, probe]) =>
        typeof probe === 'object' && probe !== null && !handlers.some(handler => handler in probe),
    )
    .map(([name]) =>
      finding(
        'probe-incomplete',
        'error',
        component.path,
        `The ${name} of "${component.name}" has no handler; it replaces the operator's whole probe, and the pod is never created.`,
        'Add httpGet with path /live and port system, or leave the probe out.',
      ),
    );

const shell: GraphRule = component =>
  isEngine(component) && isShell(component)
    ? [
        finding(
          'shell-command',
          'warning',
          component.path,
          `"${component.name}" starts its engine through a shell, so the engine gets no SIGTERM and cannot drain.`,
          'Write command ["python3", "-m", "dynamo.vllm"] and an argument list.',
        ),
      ]
    : [];

const releaseOf = (component: Component): string | undefined => {
  const tag = tagOf(component.image);
  return parseRelease(tag) === undefined ? undefined : tag;
};

/** The engine's own parser, on what the manifest passes. A release that the tag does not tell is not checked. */
const engineArguments = (component: Component): readonly Finding[] => {
  const release = releaseOf(component);
  if (!isEngine(component) || isShell(component) || release === undefined) return [];
  const at = component.args.indexOf('dynamo.vllm');
  const read = readVllmArgs(joinWords(component.args.slice(at + 1)), release);
  return read.findings.map(found => ({ ...found, path: component.path }));
};

const connectorTrap: GraphRule = component => {
  const release = releaseOf(component);
  if (!isEngine(component) || release === undefined) return [];
  const { runtime } = dialectFor(release, release);
  const gone = runtime.hasConnectorFlag
    ? undefined
    : component.args.find(arg => arg === '--connector' || arg.startsWith('--connector='));
  if (gone !== undefined) {
    return [
      finding(
        'connector-flag-gone',
        'error',
        component.path,
        `"${component.name}" passes --connector, which Dynamo ${release} refuses at start.`,
        'Use --kv-transfer-config instead; render anew for this release.',
      ),
    ];
  }
  const prefill = argument(component.args, '--disaggregation-mode') === 'prefill';
  if (runtime.hasConnectorFlag || !prefill || argument(component.args, '--kv-transfer-config') !== undefined)
    return [];
  return [
    finding(
      'prefill-without-transfer',
      'error',
      component.path,
      `The prefill worker "${component.name}" has no --kv-transfer-config, and Dynamo ${release} refuses to start it.`,
      `Add ${runtime.transfer.join(' ')}`,
    ),
  ];
};

const rules: readonly GraphRule[] = [gpus, quantities, duplicates, probes, shell, connectorTrap];

const whole = (graph: KubernetesObject, components: readonly Component[]): Finding[] => [
  ...(components.length === 0
    ? [
        finding(
          'no-components',
          'error',
          'spec',
          `The deployment "${graph.metadata.name}" has no services or components.`,
          'Add at least a frontend and a worker.',
        ),
      ]
    : []),
  ...(dns1035.test(graph.metadata.name)
    ? []
    : [
        finding(
          'manifest-name',
          'error',
          'metadata.name',
          `The deployment name "${graph.metadata.name}" does not begin with a letter or has other signs than lower-case letters, digits and dashes; its Services are never created.`,
          'Use a name such as qwen3-30b.',
        ),
      ]),
  ...routing(components),
];

const routing = (components: readonly Component[]): Finding[] => {
  const routed = components.some(component =>
    component.env.some(variable => variable.name === 'DYN_ROUTER_MODE' && variable.value === 'kv'),
  );
  const engines = components.filter(isEngine);
  const release = engines.map(releaseOf).find(found => found !== undefined);
  if (!routed || release === undefined || dialectFor(release, release).runtime.kvEvents.length === 0)
    return [];
  if (engines.some(component => component.args.some(arg => arg.startsWith('--kv-events-config')))) return [];
  const message = `The frontend routes by KV cache, but no worker publishes KV events on Dynamo ${release}, so the router only guesses.`;
  return [
    finding(
      'router-without-events',
      'warning',
      'spec',
      message,
      `Add ${dialectFor(release, release).runtime.kvEvents.join(' ')} to the workers, or render anew.`,
    ),
  ];
};

/** What the engines' own parser says of a manifest that somebody else may have written; a rendered one was checked as settings. */
export const checkArguments = (graph: KubernetesObject): Finding[] =>
  componentsOf(graph).flatMap(engineArguments);

export const checkGraph = (graph: KubernetesObject): Finding[] => {
  const components = componentsOf(graph);
  return [
    ...whole(graph, components),
    ...components.flatMap(component => rules.flatMap(rule => rule(component, graph))),
  ];
};
