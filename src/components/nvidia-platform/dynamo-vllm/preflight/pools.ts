/** Whether a Karpenter NodePool could make a node for a pod with GPUs, by what it requires. */

import type { NodeFact, NodePoolFact } from '../../../../core/cluster-facts.ts';
import { listed } from '../../../../core/text.ts';
import { instanceGpus } from '../fit/instances.ts';
import { quantityOf } from './amounts.ts';
import type { Demand } from './demand.ts';
import { taintText, untolerated } from './match.ts';
import { gpuName } from './podspec.ts';

type Requirement = NodePoolFact['requirements'][number];

/** Families of EC2 with NVIDIA GPUs, as far as names tell: `g4ad` has others, `g6f` and `gr6f` fractions of one. */
const gpuFamily = /^(g\d+(dn|e|g)?|gr\d+|p\d.*)$/;

const sizes = ['xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge', '24xlarge', '48xlarge'];

/** GPUs of a family's largest machine; infinite for one that is not in the table. */
const mostOf = (family: string): number => {
  const counts = sizes.flatMap(size => instanceGpus(`${family}.${size}`)?.count ?? []);
  if (counts.length > 0) return Math.max(...counts);
  return gpuFamily.test(family) ? Number.POSITIVE_INFINITY : 0;
};

const ofType = (type: string): number =>
  instanceGpus(type)?.count ??
  (/^standard_n[cdv]/i.test(type) ? Number.POSITIVE_INFINITY : mostOf(type.split('.')[0] ?? ''));

/** What a value of a requirement allows at most, by the end of the requirement's name. */
const mostByKey: readonly (readonly [string, (value: string) => number])[] = [
  ['/instance-gpu-count', Number],
  ['/sku-gpu-count', Number],
  ['/instance-family', mostOf],
  ['/instance-type', ofType],
  ['/instance-category', value => (/^(g|gr|p)$/.test(value) ? Number.POSITIVE_INFINITY : 0)],
  ['/instance-gpu-manufacturer', value => (value === 'nvidia' ? Number.POSITIVE_INFINITY : 0)],
];

/** Upper bound on the GPUs of a node that meets the requirement. */
const bound = ({ key, operator, values }: Requirement): number => {
  const most = mostByKey.find(([end]) => key.endsWith(end))?.[1];
  if (most === undefined) return Number.POSITIVE_INFINITY;
  if (operator === 'In') return Math.max(0, ...values.map(most));
  if (operator === 'Lt' && /gpu-count$/.test(key)) return Math.max(0, Number(values[0]) - 1);
  return operator === 'DoesNotExist' && /gpu/.test(key) ? 0 : Number.POSITIVE_INFINITY;
};

/** Karpenter adds no label that neither the pool nor its requirements name. */
const meetsSelector = ({ labels, requirements }: NodePoolFact, { where }: Demand): boolean =>
  Object.entries(where.nodeSelector).every(([key, value]) => {
    const said = labels[key];
    if (said !== undefined) return said === value;
    const required = requirements.find(one => one.key === key && one.operator === 'In');
    return required === undefined || required.values.includes(value);
  });

/** Karpenter makes no node that would take the pool over its limit. */
const overLimit = ({ limits, used }: NodePoolFact, asked: number): string | null => {
  const limit = quantityOf(limits[gpuName]);
  if (limit === null) return null;
  const taken = quantityOf(used?.[gpuName]) ?? 0;
  if (taken + asked <= limit) return null;
  return taken === 0
    ? `its limit is ${limit} GPUs`
    : `its nodes have ${taken} of the ${limit} GPUs of its limit`;
};

/** Why the pool makes no node for the demand, or null when it could. */
const cannotMake = (pool: NodePoolFact, demand: Demand): string | null => {
  if (Math.min(...pool.requirements.map(bound), Number.POSITIVE_INFINITY) < demand.asked.gpus)
    return demand.asked.gpus === 1
      ? 'its requirements allow no GPU instances'
      : `its requirements allow no instance with ${demand.asked.gpus} GPUs`;
  if (!pool.ready) return 'it is not ready';
  const over = overLimit(pool, demand.asked.gpus);
  if (over !== null) return over;
  const [taint] = untolerated(pool.taints, demand.where);
  if (taint !== undefined) return `its nodes are tainted ${taintText(taint)}`;
  return meetsSelector(pool, demand) ? null : 'its nodes lack the labels of the node selector';
};

/** Why the pools make no node, `name (reason)`, for sentences. */
export const unableFor = (pools: readonly NodePoolFact[], demand: Demand): string[] =>
  pools.flatMap(pool => {
    const why = cannotMake(pool, demand);
    return why === null ? [] : [`${pool.name} (${why})`];
  });

/** What Karpenter could do for pods that find no room; null when some of them would find no pool. */
export const scaleUp = (pools: readonly NodePoolFact[], demands: readonly Demand[]): string | null => {
  const able = demands.map(demand =>
    pools.filter(pool => cannotMake(pool, demand) === null).map(({ name }) => name),
  );
  if (able.length === 0 || able.some(names => names.length === 0)) return null;
  return `Karpenter can bring nodes for it (NodePool ${listed([...new Set(able.flat())])})`;
};

const groupLabels = [
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
];

/** A hint, with the way to go on where nodes are of groups that the cluster autoscaler may enlarge: it shows itself by nothing. */
export const orAutoscaler = (hint: string, nodes: readonly NodeFact[], code: string): string =>
  hint.endsWith('.') && nodes.some(({ labels }) => groupLabels.some(label => labels[label] !== undefined))
    ? `${hint.slice(0, -1)}; if the cluster autoscaler brings nodes, which cannot be seen from here: --skip-check ${code}`
    : hint;

export const waiting = 'The pods wait as Pending until the node is there, which takes some minutes.';
