/** On a cluster with several types of GPU of which only some can run the model, the plan says which one. */

import type { Facts, GpuNode } from '../../../../core/component.ts';
import type { Finding } from '../../../../core/finding.ts';
import type { Planned } from '../planning.ts';
import { finding } from '../rule.ts';
import { estimate } from './estimate.ts';
import { gpuNamed } from './gpus.ts';
import { checkLegality } from './legality.ts';
import { modelKnownTo } from './model-facts.ts';
import { workerAskings } from './rule.ts';

const productLabel = 'nvidia.com/gpu.product';

type Judged = { readonly product: string; readonly runs: boolean | null; readonly free: number };

const judge = (planned: Planned, facts: Facts, product: string): Judged => {
  const nodes: readonly GpuNode[] = facts.gpuNodes ?? [];
  const free = nodes.reduce((sum, node) => sum + (node.product === product ? node.freeGpus : 0), 0);
  const gpu = gpuNamed(product);
  const model = modelKnownTo(facts, planned.plan.model.id);
  if (gpu === undefined || model === undefined) return { product, runs: null, free };
  const verdicts = workerAskings(planned, model, gpu).map(asking => {
    const illegal = checkLegality(asking).some(problem => problem.level === 'error');
    return illegal ? 'illegal' : estimate(model, asking.choice, gpu).verdict;
  });
  const runs = verdicts.every(verdict => verdict === 'fits' || verdict === 'tight');
  const fails = verdicts.some(verdict => verdict === 'illegal' || verdict === 'does-not-fit');
  return { product, runs: runs ? true : fails ? false : null, free };
};

export type Pin = { readonly selector: string; readonly finding: Finding };

const pinTo = (product: string, message: string): Pin => ({
  selector: `${productLabel}=${product}`,
  finding: finding(
    'gpu-pinned',
    'info',
    'nodeSelector',
    message,
    `To choose another type: --node-selector ${productLabel}=NAME`,
  ),
});

/**
 * A volume that one node can mount is made in the zone of the pod that comes first. That is the download, which needs no GPU:
 * without a selector it might settle where no GPU is, and the workers could never follow.
 */
const makesVolume = ({ plan: { cache } }: Planned, { claims }: Facts): boolean =>
  cache?.accessMode === 'ReadWriteOnce' && claims?.some(claim => claim.name === cache.claim) === false;

/** What this deployment was held on before: a re-run must not move it because its own pods hold GPUs now. */
const chosenBefore = ({ plan }: Planned, { nodeSelectors }: Facts): string | undefined =>
  nodeSelectors?.[plan.name]?.find(one => one.startsWith(`${productLabel}=`))?.slice(productLabel.length + 1);

/** Null where nothing speaks for one type, and where somebody chose already. */
export const pinFor = (planned: Planned, facts: Facts): Pin | null => {
  const products = [...new Set((facts.gpuNodes ?? []).flatMap(node => node.product ?? []))];
  if (planned.settings.nodeSelector.some(one => one.startsWith(productLabel))) return null;
  const before = chosenBefore(planned, facts);
  if (before !== undefined && products.includes(before))
    return pinTo(before, `The workers stay on nodes with ${before}, as they were deployed.`);
  const judged = products
    .map(product => judge(planned, facts, product))
    .sort((a, b) => Number(b.runs === true) - Number(a.runs === true) || b.free - a.free);
  const refused = judged.filter(one => one.runs === false).map(one => one.product);
  const best = judged.find(one => one.runs !== false);
  if (best === undefined) return null;
  if (best.runs === true && refused.length > 0)
    return pinTo(
      best.product,
      `${planned.plan.model.id} does not run on every type of GPU here (not on ${refused.join(', ')}), so the workers are held on nodes with ${best.product}.`,
    );
  if (!makesVolume(planned, facts)) return null;
  return pinTo(
    best.product,
    `The model cache can be mounted on one node only, so every pod that mounts it, the download too, is held on nodes with ${best.product}.`,
  );
};
