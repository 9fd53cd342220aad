/** Upgrades that are applied: along each chain of releases that one operator serves, from the oldest image to the newest. */

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lines } from '../../src/components/nvidia-platform/dynamo-vllm/dialect.ts';
import { lineOf, parseRelease } from '../../src/core/release.ts';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { verb } from '../kit/program.ts';
import { goldenReleases } from './golden.ts';
import { deployWords, graphOf, livesOf, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend } from './support.ts';

const NAME = 'chat';

type Chain = {
  readonly operator: string;
  /** Each one line of releases further; an operator serves images at most two lines away. */
  readonly images: readonly string[];
  readonly tooFar: string;
  /** How the first one is deployed. */
  readonly words: readonly string[];
};

const chains: readonly Chain[] = [
  { operator: '0.9.1', images: ['0.8.1', '0.9.1', '1.0.2', '1.1.1'], tooFar: '1.2.1', words: [] },
  { operator: '1.3.1', images: ['1.1.1', '1.2.1', '1.3.1', '1.4.2'], tooFar: '1.6.1', words: [] },
  {
    operator: '1.6.1',
    images: ['1.4.2', '1.5.1', '1.6.1'],
    tooFar: '1.3.1',
    // As an operator of then had it: what it wrote is v1alpha1, what comes over it is v1beta1.
    words: ['--operator-release', '1.3.1'],
  },
];

/** What changes its name on the way to a release, and is told as such. */
const renamed: Readonly<Record<string, readonly string[]>> = {
  '1.0.2': [
    '--is-prefill-worker is now --disaggregation-mode prefill',
    '--is-decode-worker is now --disaggregation-mode decode',
    'DYN_KV_OVERLAP_SCORE_WEIGHT=2 is now DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT=2',
    '--kv-transfer-config {"kv_connector":"NixlConnector"',
    '--kv-events-config',
  ],
  '1.2.1': ['DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT=2 is now DYN_ROUTER_PREFILL_LOAD_SCALE=2'],
};

const everything = ['--mode', 'disaggregated', '--kv-router', '--router-overlap-weight', '2'];
const roles = ['Frontend', 'prefill', 'decode'];

const lineNamed = (release: string): string => {
  const parsed = parseRelease(release);
  return parsed === undefined ? '' : lineOf(parsed);
};

/** `0.8 to 0.9` for each step of a chain. */
const stepsOf = (images: readonly string[]): (readonly [string, string])[] =>
  images.slice(1).map((to, at) => [images[at] ?? '', to] as const);

test('every line of releases is upgraded to the next', () => {
  const known = lines.map(({ line }) => line).toReversed();
  const steps = chains.flatMap(({ images }) => stepsOf(images.map(lineNamed)));
  expect(steps).toEqual(stepsOf(known));
  expect(goldenReleases()).toEqual([...new Set(chains.flatMap(({ images }) => images))]);
});

type Main = { readonly image: string };

/** The image of each component, whichever API version it is written in. */
const imagesOf = ({ spec }: KubeObject): Record<string, string> => {
  const services = spec?.services as Record<string, { extraPodSpec: { mainContainer: Main } }> | undefined;
  return Object.fromEntries(
    Object.entries(services ?? {}).map(([name, { extraPodSpec }]) => [
      name,
      extraPodSpec.mainContainer.image.replace(/^.*:/, ''),
    ]),
  );
};

type Named = { readonly name: string };
type Pods = { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
type Container = { readonly env?: readonly Named[]; readonly volumeMounts?: readonly Named[] };

/** Of the variables and mounts of a Deployment's container. */
const mainNames = (spec: unknown): string[] => {
  const { env = [], volumeMounts = [] } = (spec as Pods).template.spec.containers[0] ?? {};
  expect(env.length).toBeGreaterThan(0);
  return [...env.map(({ name }) => `variable ${name}`), ...volumeMounts.map(({ name }) => `mount ${name}`)];
};

for (const { operator, images, tooFar, words } of chains) {
  const nodes = 'g6.12xlarge=2,cpu=2';
  await describeWithFrontend(
    `upgrades on the operator ${operator}`,
    { release: operator, nodes },
    cluster => {
      const hub = useHub();
      const run = (...words: readonly string[]) => runIn(cluster(), hub(), words);
      const listed = async (path: string): Promise<KubeObject[]> =>
        (await cluster().api.send('GET', path)).items as KubeObject[];
      const record = async (): Promise<Record<string, unknown>> => {
        const metadata = { name: `dynamo-installer-${NAME}`, namespace: NAMESPACE };
        const found = await cluster().objects.read({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
        return parse((found?.data as Record<string, string> | undefined)?.['answers.yaml'] ?? '');
      };
      /** Pods of the graph, without those of its Jobs. */
      const pods = async (): Promise<string[]> =>
        (await livesOf(cluster(), NAME)).filter(life => !life.includes('-download-'));

      test(`a deployment of ${images[0]} serves`, PATIENCE, async () => {
        const ended = await run(...deployWords(NAME, '--release', images[0] ?? '', ...everything, ...words));
        expect(ended.stderr).toContain('an answer streams');
        expect(ended.code).toBe(0);
        if (words.length > 0) expect(ended.stderr).toContain('nvidia.com/v1alpha1');
      });

      describe.each(stepsOf(images))('from %s to %s', (from, to) => {
        test('shows what changes, replaces every pod, and comes to a verified answer', PATIENCE, async () => {
          const [graph, before] = [await graphOf(cluster(), NAME), await pods()];
          const ended = await run(...verb('edit', NAME, '--release', to, '--yes'));
          const said = ended.stderr.replace(/\s+/g, ' ');
          expect(said).toContain(`release ${from} -> ${to}`);
          for (const role of roles) expect(said).toContain(`${role} 1 pod, all replaced (image`);
          for (const sentence of renamed[to] ?? []) expect(said).toContain(sentence);
          if (!(to in renamed)) expect(said).not.toContain('is now');
          expect(said).toMatch(/configured .*DynamoGraphDeployment chat/);
          expect(ended.code).toBe(0);

          const now = await graphOf(cluster(), NAME);
          expect(now?.metadata.uid).toBe(graph?.metadata.uid);
          expect(Object.values(imagesOf(now as KubeObject))).toEqual(roles.map(() => to));
          expect((await pods()).filter(life => before.includes(life))).toEqual([]);
          expect(await pods()).toHaveLength(roles.length);
          expect(await record()).toMatchObject({ release: to });
        });
      });

      test('nothing is there twice', async () => {
        const label = encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${NAME}`);
        const inSpace = (group: string, rest: string) =>
          listed(`/apis/${group}/namespaces/${NAMESPACE}/${rest}`);
        const graphs = await inSpace('nvidia.com/v1alpha1', 'dynamographdeployments');
        expect(graphs.map(({ metadata }) => metadata.name)).toEqual([NAME]);
        // The download of the newest settings; those of former ones went.
        expect(await inSpace('batch/v1', 'jobs')).toHaveLength(1);
        const deployments = await inSpace('apps/v1', `deployments?labelSelector=${label}`);
        const components = deployments.map(
          ({ metadata }) => metadata.labels?.['nvidia.com/dynamo-component'],
        );
        expect(components.toSorted()).toEqual(roles.toSorted());
        for (const { spec } of deployments) expect(mainNames(spec)).toEqual([...new Set(mainNames(spec))]);
      });

      test('one step too far is refused before anything is written', PATIENCE, async () => {
        const before = await graphOf(cluster(), NAME);
        const { code, stderr } = await run(...verb('edit', NAME, '--release', tooFar, '--yes'));
        expect(stderr.replace(/\s+/g, ' ')).toContain(
          `The runtime image ${tooFar} and the operator ${operator} are 3 minor releases apart; Dynamo supports 2.`,
        );
        expect(code).toBe(65);
        expect(await graphOf(cluster(), NAME)).toEqual(before);
      });
    },
  );
}
