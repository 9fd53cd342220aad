/** Checks the image against the nodes: processor architecture, driver, and GPUs that are shared. */

import type { CheckResult } from '../../../../core/check.ts';
import { type NodeFact, readOr } from '../../../../core/cluster-facts.ts';
import { parseRelease } from '../../../../core/release.ts';
import { listed } from '../../../../core/text.ts';
import { dialectFor } from '../dialect.ts';
import { tagOf } from '../planning.ts';
import type { Demand } from './demand.ts';
import { isSlice, sharers } from './hardware.ts';
import { check, cli, counted } from './result.ts';
import { refusalFor, wantsGpus } from './room.ts';
import type { Scene } from './scene.ts';

const architecture = check(
  'image-architecture',
  'the image runs on the processors of the nodes',
  'unavailable',
  'image',
);
const driver = check('driver', "the nodes' driver is new enough for the image", 'unavailable', 'release');
const sharing = check('gpu-shared', 'the pods have GPUs of their own', 'unavailable');

const places = (scene: Scene, demand: Demand): NodeFact[] => {
  const refusal = refusalFor(scene, demand);
  return (readOr(scene.cluster.nodes) ?? []).filter(
    node => node.allocatable.gpus >= Math.max(1, demand.asked.gpus) && refusal(node) === null,
  );
};

/** Tags that name one architecture; all others of Dynamo's have both. */
const architectureOf = (image: string): string | null => {
  const match = /(?:^|[-_.])(amd64|x86_64|arm64|aarch64)(?:[-_.]|$)/.exec(tagOf(image));
  if (match === null) return null;
  return match[1] === 'amd64' || match[1] === 'x86_64' ? 'amd64' : 'arm64';
};

const wrongProcessor = (scene: Scene, demand: Demand): CheckResult[] => {
  const built = architectureOf(demand.image);
  const nodes = places(scene, demand);
  const wrong =
    built === null ? [] : nodes.filter(node => node.architecture !== built && node.architecture !== '');
  if (built === null || nodes.length === 0) return [];
  if (wrong.length === 0)
    return [architecture.pass(`The image is built for ${built}, as the GPU nodes are.`)];
  const other = wrong[0]?.architecture ?? '';
  const tag = tagOf(demand.image);
  const multi = tag.replace(/[-_.](efa[-_.])?(amd64|x86_64|arm64|aarch64)$/, '');
  if (wrong.length === nodes.length)
    return [
      architecture.fail(
        `The image ${demand.image} is built for ${built} only, and the GPU nodes are ${other}; its containers would end with "exec format error".`,
        `Use a multi-arch tag that has ${other}, such as ${multi} (${cli} install --image ${demand.image.replace(tag, multi)}), or ${built} nodes.`,
      ),
    ];
  return [
    architecture.warn(
      `The image ${demand.image} is built for ${built} only, and ${wrong.length} of ${counted(nodes.length, 'GPU node')} are ${other}.`,
      `Keep the pods off them: --node-selector kubernetes.io/arch=${built}`,
    ),
  ];
};

/** First driver branch of each major CUDA version, and the branch that the image asks for. */
const cuda13Driver = 580;

type Wanted = { readonly branch: number; readonly release: string };

const wantedDriver = ({ image }: Demand, { settings }: Scene): Wanted | null => {
  const said = settings?.['release'];
  const tag = tagOf(image);
  const release = parseRelease(tag) === undefined && typeof said === 'string' ? said : tag;
  if (parseRelease(release) === undefined) return null;
  const dialect = dialectFor(release, release);
  if (dialect.runtimeKnown !== 'known') return null;
  return {
    release,
    branch: /cuda-?13/.test(tag) ? cuda13Driver : dialect.runtime.minimumDriver,
  };
};

const branchOf = ({ labels }: NodeFact): number | null => {
  const said =
    labels['nvidia.com/cuda.driver-version.major'] ??
    labels['nvidia.com/cuda.driver.major'] ??
    labels['nvidia.com/cuda.driver-version.full']?.split('.')[0];
  const branch = Number(said ?? Number.NaN);
  return Number.isInteger(branch) ? branch : null;
};

const oldDriver = (scene: Scene, demand: Demand): CheckResult[] => {
  const wanted = wantedDriver(demand, scene);
  const known = places(scene, demand).filter(node => branchOf(node) !== null);
  if (wanted === null || known.length === 0) return [];
  const old = known.filter(node => (branchOf(node) ?? 0) < wanted.branch);
  if (old.length === 0)
    return [driver.pass(`The driver is ${branchOf(known[0] as NodeFact)}, ${wanted.branch} is needed.`)];
  const branches = listed([...new Set(old.map(node => String(branchOf(node))))]);
  const message = `The image of Dynamo ${wanted.release} needs the NVIDIA driver ${wanted.branch} or newer, and ${old.length} of ${counted(known.length, 'GPU node')} ${old.length === 1 ? 'has' : 'have'} ${branches}`;
  const hint =
    'Upgrade the driver (on EKS: a newer AMI of the node group), or use an older release: --release X.Y.Z';
  // Within one major version of CUDA an older driver can do, and some nodes may be new enough.
  const certain = wanted.branch >= cuda13Driver && old.length === known.length;
  return [
    certain
      ? driver.fail(`${message}.`, hint)
      : driver.warn(`${message}; workers may fail to start there.`, hint),
  ];
};

const shared = (scene: Scene, demand: Demand): CheckResult[] => {
  const nodes = places(scene, demand);
  const split = nodes.filter(node => sharers(node) > 1);
  if (split.length > 0)
    return [
      sharing.warn(
        `${split.length} of ${counted(nodes.length, 'GPU node')} lend each GPU to ${sharers(split[0] as NodeFact)} pods at once (time-slicing or MPS), so others take memory that ${demand.name} counts on.`,
        'Choose nodes whose GPUs are not shared: --node-selector nvidia.com/gpu.sharing-strategy=none',
      ),
    ];
  const slices = nodes.filter(isSlice);
  if (slices.length === 0 || slices.length < nodes.length || demand.asked.gpus < 2) return [];
  return [
    sharing.warn(
      `The GPUs are slices (MIG), and ${demand.name} wants ${demand.asked.gpus} of them for one worker; slices cannot work together.`,
      'Use a tensor parallel size of 1, or nodes with whole GPUs.',
    ),
  ];
};

export const imageChecks = (scene: Scene): CheckResult[] => {
  const demands = scene.demands.filter(wantsGpus);
  return [wrongProcessor, oldDriver, shared].flatMap(rule => {
    const results = demands.flatMap(demand => rule(scene, demand));
    // One sentence for all roles where they share image and nodes.
    return results.filter((one, at) => results.findIndex(other => other.message === one.message) === at);
  });
};
