/**
 * NVIDIA's own example of each pattern and release against what we render for the same question: roles, arguments, environment,
 * resources, probes. Every difference stands in the table below with its reason; one that does not stand there fails.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { readVllmArgs } from '../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { type Component, componentsOf } from '../../src/components/nvidia-platform/dynamo-vllm/graph.ts';
import type { KubernetesObject } from '../../src/core/manifest.ts';
import type { Value } from '../../src/core/schema.ts';
import { joinWords } from '../../src/core/words.ts';
import { releases } from '../golden/cases.ts';
import { draftFrom } from '../kit/draft.ts';
import { describeUnless } from '../kit/skip.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'examples');
const missing = existsSync(folder)
  ? undefined
  : "NVIDIA's examples do not stand beside the checkout (../shared/examples)";

/** Example file → the answers that ask for the same. */
const patterns: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  agg: {},
  agg_router: { kvRouter: true },
  disagg: { mode: 'disaggregated' },
  disagg_router: { mode: 'disaggregated', kvRouter: true },
  agg_kvbm: { kvbm: true, kvbmCpuGb: 100 },
  disagg_kvbm: { mode: 'disaggregated', kvbm: true, kvbmCpuGb: 100 },
  disagg_kvbm_2p2d: { mode: 'disaggregated', kvbm: true, kvbmCpuGb: 100 },
  disagg_kvbm_tp2: {
    mode: 'disaggregated',
    kvbm: true,
    kvbmCpuGb: 100,
    prefillTensorParallelSize: 2,
    decodeTensorParallelSize: 2,
  },
};

type Difference = { readonly what: RegExp; readonly reason: string };

/** `role: kind name: theirs -> ours`. */
const accepted: readonly Difference[] = [
  {
    what: /: arg --model: .* -> \/opt\/models\//,
    reason: 'The model lies on the claim, so that it is downloaded once and no pod needs the Hub.',
  },
  {
    what: /: arg --served-model-name: none -> /,
    reason: 'With a path as model the served name would be the path; clients ask for the Hub id.',
  },
  {
    what: /: arg --tensor-parallel-size: none -> 1$/,
    reason: 'Said even when 1, so that a reader of the manifest need not know the default.',
  },
  {
    what: /: env HF_HUB_OFFLINE: none -> 1$/,
    reason:
      'The model is complete on the claim before the worker starts; a worker that asks the Hub is a mistake.',
  },
  {
    what: /: env PYTHONHASHSEED: none -> 0$/,
    reason:
      "NVIDIA's launch scripts set it for the KV router, the manifests forgot it: block hashes must agree between workers.",
  },
  {
    what: /frontend: env DYN_ROUTER_TEMPERATURE: none -> 0.5$/,
    reason: 'The shipped default of this program; 0 is a flag away.',
  },
  {
    what: /: secret: hf-token-secret -> none$/,
    reason:
      'A missing Secret would keep the pod from starting for ever; with the model on the claim no token is needed.',
  },
  {
    what: /: probe livenessProbe: none -> complete$/,
    reason: "The operator's own kills a worker after one late answer, which compiling kernels causes.",
  },
  {
    what: /: quantity memory(, limit)?: \d+Gi -> \d+Gi$/,
    reason: 'Computed from the cache and the GPUs instead of a round figure.',
  },
  {
    what: /: quantity ephemeral-storage: none -> 2Gi$/,
    reason: 'The KVBM examples leave out what the others of the release have.',
  },
  {
    what: /decode: arg --is-decode-worker: none -> set$/,
    reason: 'The KVBM examples of 0.8 and 0.9 leave the role out; the plain ones have it.',
  },
  {
    what: /decode: arg --kv-transfer-config: none -> .*NixlConnector/,
    reason:
      'Examples before 1.4 forgot it: decode then starts without any connector and computes every prompt again.',
  },
  {
    what: /: arg --disable-hybrid-kv-cache-manager: none -> set$/,
    reason: '1.3 does not serve disaggregated KVBM without it, by its own release notes.',
  },
];

const used = new Set<Difference>();

type Meaning = { readonly facts: ReadonlyMap<string, string> };

const flagsOf = (component: Component, release: string): [string, string][] =>
  readVllmArgs(joinWords(component.args), release).words.map(word => [
    `arg ${word.flag}`,
    word.values.length === 0 ? 'set' : word.values.join(' '),
  ]);

const isEngine = (component: Component): boolean => component.args.length > 0;

type Spec = {
  readonly services?: Record<string, unknown>;
  readonly components?: readonly { readonly name: string }[];
};

/** A whole Secret as environment, under either version's name for it. */
const secretOf = (graph: KubernetesObject, name: string): [string, string][] => {
  const { services, components } = graph.spec as Spec;
  const raw = JSON.stringify(services?.[name] ?? components?.find(one => one.name === name) ?? {});
  return raw.includes('hf-token-secret') ? [['secret', 'hf-token-secret']] : [];
};

const meaningOf = (graph: KubernetesObject, component: Component, release: string): Meaning => ({
  facts: new Map([
    ...secretOf(graph, component.name),
    ...(isEngine(component) ? flagsOf(component, release) : []),
    ...component.env.map(({ name, value }): [string, string] => [`env ${name}`, value ?? 'from a Secret']),
    ...Object.entries(component.quantities)
      .filter(([name]) => !name.includes('gpu'))
      .map(([name, value]): [string, string] => [`quantity ${name}`, value]),
    ['gpus', component.gpu ?? '0'],
    ['replicas', String(component.replicas)],
    ['command', component.command.join(' ')],
    ...Object.keys(component.probes).map((name): [string, string] => [`probe ${name}`, 'complete']),
  ]),
});

const roleOf = (component: Component, components: readonly Component[]): string => {
  if (component.type === 'frontend' || component.name === 'Frontend') return 'frontend';
  const disaggregated = components.length > 2;
  if (!disaggregated) return 'worker';
  return /prefill/i.test(component.name) || component.type === 'prefill' ? 'prefill' : 'decode';
};

const byRole = (graph: KubernetesObject): Map<string, Component> => {
  const components = componentsOf(graph);
  return new Map(components.map(component => [roleOf(component, components), component]));
};

const differences = (role: string, a: Meaning, b: Meaning): string[] => {
  const keys = [...new Set([...a.facts.keys(), ...b.facts.keys()])];
  return keys
    .filter(key => a.facts.get(key) !== b.facts.get(key))
    .map(key => `${role}: ${key}: ${a.facts.get(key) ?? 'none'} -> ${b.facts.get(key) ?? 'none'}`);
};

/** Everything the example passes to both engines beyond what the answers say. */
const extraArgs = (graph: KubernetesObject, release: string): string => {
  const engine = componentsOf(graph).filter(isEngine);
  const keep = ['--max-model-len', '--gpu-memory-utilization'];
  const words = readVllmArgs(joinWords(engine[0]?.args ?? []), release).words.filter(word =>
    keep.includes(word.flag),
  );
  return joinWords(words.flatMap(word => word.tokens));
};

const modelOf = (graph: KubernetesObject): string => {
  const args = componentsOf(graph).find(isEngine)?.args ?? [];
  return args[args.indexOf('--model') + 1] ?? '';
};

const replicasOf = (roles: Map<string, Component>): Record<string, Value> => {
  const of = (role: string): number => roles.get(role)?.replicas ?? 1;
  return roles.has('prefill')
    ? { prefillReplicas: of('prefill'), decodeReplicas: of('decode') }
    : { replicas: of('worker') };
};

const exampleFolder = (release: string): string | undefined => {
  const line = release.split('.').slice(0, 2).join('.');
  return missing === undefined
    ? readdirSync(folder).find(name => name === line || name.startsWith(`${line}.`))
    : undefined;
};

const fileOf = (release: string, pattern: string): string | undefined => {
  const names = ['', 'v1beta1__'].map(part =>
    join(folder, exampleFolder(release) ?? '', `vllm__deploy__${part}${pattern}.yaml`),
  );
  return names.reverse().find(name => existsSync(name));
};

const read = (file: string): KubernetesObject =>
  loadAll(readFileSync(file, 'utf8')).find(
    document => (document as { kind?: string } | undefined)?.kind === 'DynamoGraphDeployment',
  ) as KubernetesObject;

/** What is different and has no reason; reasons that were needed are marked as used. */
const unexplained = (found: readonly string[]): string[] =>
  found.filter(line => {
    const known = accepted.find(({ what }) => what.test(line));
    if (known !== undefined) used.add(known);
    return known === undefined;
  });

const compare = (file: string, release: string, answers: Readonly<Record<string, Value>>): void => {
  const theirs = read(file);
  const roles = byRole(theirs);
  const question = {
    ...replicasOf(roles),
    release,
    model: modelOf(theirs),
    vllmArgs: extraArgs(theirs, release),
  };
  const graph = draftFrom({ ...answers, ...question }).manifests.at(-1)?.object as KubernetesObject;
  const ours = byRole(graph);
  expect([...ours.keys()].sort()).toEqual([...roles.keys()].sort());
  const found = [...roles].flatMap(([role, component]) =>
    differences(
      role,
      meaningOf(theirs, component, release),
      meaningOf(graph, ours.get(role) as Component, release),
    ),
  );
  expect(unexplained(found)).toEqual([]);
};

const pairs = releases.flatMap(release =>
  Object.entries(patterns).flatMap(([pattern, answers]) => {
    const file =
      missing === undefined && exampleFolder(release) !== undefined ? fileOf(release, pattern) : undefined;
    return file !== undefined ? [{ release, pattern, answers, file }] : [];
  }),
);

describeUnless(missing, "what we render against NVIDIA's examples", () => {
  it('has an example of every pattern', () => {
    expect([...new Set(pairs.map(pair => pair.pattern))].sort()).toEqual(Object.keys(patterns).sort());
  });

  it.each(pairs)('$release $pattern', ({ file, release, answers }) => {
    compare(file, release, answers);
  });

  it('needs every reason in the table', () => {
    expect(accepted.filter(difference => !used.has(difference)).map(difference => difference.reason)).toEqual(
      [],
    );
  });
});
