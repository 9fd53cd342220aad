/** Checks the API server and Dynamo's API: its version, the custom resource, the version of it that is going to be applied. */

import type { CheckResult } from '../../../../core/check.ts';
import type { ClusterFacts, ServedKind } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { quoteWord } from '../../../../core/words.ts';
import { check, cli } from './result.ts';
import type { Scene } from './scene.ts';
import { crdName, graphGroup, graphPlural } from './survey.ts';

const versionCheck = check('server-version', 'the API server is new enough', 'unavailable');

/** The first release whose API server checks fields strictly and knows everything that is applied. */
const leastMinor = 27;

export const serverVersion = ({ cluster: { version } }: Scene): CheckResult[] => {
  if (version.kind !== 'read')
    return [versionCheck.unknown(`The version of the API server was not read: ${version.message}`)];
  const match = /^v?1\.(\d+)/.exec(version.value);
  if (match === null)
    return [versionCheck.unknown(`The API server's version "${version.value}" is not known here.`)];
  if (Number(match[1]) >= leastMinor) return [versionCheck.pass(`Kubernetes ${version.value}.`)];
  return [
    versionCheck.warn(
      `The API server is Kubernetes ${version.value}; this program is made for 1.${leastMinor} and newer.`,
      'If something is refused that should not be, upgrade the cluster first.',
    ),
  ];
};

/** How a sentence calls the cluster. */
const clusterWords = ({ target }: ClusterFacts): string =>
  target.context === null ? `The cluster ${target.server}` : `The context ${target.context}`;

const servedVersions = ({ served }: ClusterFacts): string[] | null =>
  readOr<readonly ServedKind[]>(served)
    ?.filter(({ group, plural }) => group === graphGroup && plural === graphPlural)
    .map(({ version }) => version) ?? null;

/** Null when neither discovery nor the CRD was read. */
export const hasCrd = (cluster: ClusterFacts): boolean | null => {
  const versions = servedVersions(cluster);
  if (versions !== null && versions.length > 0) return true;
  if (cluster.crd.kind === 'read') return cluster.crd.value !== null;
  return versions === null ? null : false;
};

export const hasGpus = (cluster: ClusterFacts): boolean | null =>
  readOr(cluster.nodes)?.some(({ allocatable }) => allocatable.gpus > 0) ?? null;

const crdCheck = check('dynamo-crd', "Dynamo's custom resource is installed", 'unavailable');

const otherContext = ({ target }: ClusterFacts): string => {
  const [first, ...more] = target.otherContexts;
  if (first === undefined) return '';
  const others = more.length === 0 ? '' : ` (others: ${listed(more.slice(0, 5))})`;
  return `Choose the cluster that was meant, such as --context ${quoteWord(first)}${others}, or install`;
};

export const crdInstalled = ({ cluster }: Scene): CheckResult[] => {
  const installed = hasCrd(cluster);
  if (installed === true)
    return [crdCheck.pass(`${crdName} is served (${listed(servedVersions(cluster) ?? [])}).`)];
  if (installed === null) {
    const why = cluster.served.kind === 'read' ? '' : cluster.served.message;
    return [crdCheck.unknown(`Whether ${crdName} is installed was not read: ${why}`)];
  }
  const bare = hasGpus(cluster) === false ? ', and without GPUs' : '';
  return [
    crdCheck.fail(
      `${clusterWords(cluster)} is a cluster without the Dynamo CRD ${crdName}${bare}.`,
      `${otherContext(cluster) || 'Install'} the Dynamo platform here: helm install dynamo-platform (chart dynamo-platform of NVIDIA's registry).`,
    ),
  ];
};

const apiCheck = check('api-version', 'the API version of the deployment is served', 'unavailable');

/** Says nothing where the custom resource is missing altogether. */
export const apiVersionServed = ({ cluster, graph, settings, name }: Scene): CheckResult[] => {
  const versions = servedVersions(cluster);
  if (graph === null || versions === null || versions.length === 0) return [];
  const wanted = graph.apiVersion.slice(graph.apiVersion.indexOf('/') + 1);
  if (versions.includes(wanted)) return [apiCheck.pass(`${graph.apiVersion} is served.`)];
  const best = versions.includes('v1beta1') ? 'v1beta1' : (versions[0] ?? '');
  const render = best === 'v1beta1' ? '1.4.2 or newer' : '1.3.1 or older';
  const hint =
    settings === null
      ? `Render the manifest again for ${best}, with the same answers: by ${cli} install on this cluster, or by render --operator-release ${render.split(' ')[0]}.`
      : `Leave --operator-release out, or name the cluster's: one that has ${best} is ${render}.`;
  return [
    apiCheck.fail(
      `The DynamoGraphDeployment ${name} is written for ${wanted}, and the cluster serves it only as ${listed(versions)}.`,
      hint,
    ),
  ];
};
