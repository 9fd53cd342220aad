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

/** Null where there is one type, where every type runs it or none does, and where somebody chose already. */
export const pinFor = (planned: Planned, facts: Facts): Pin | null => {
  const nodes = facts.gpuNodes ?? [];
  const products = [...new Set(nodes.flatMap(node => node.product ?? []))];
  if (products.length < 2 || planned.settings.nodeSelector.some(one => one.startsWith(productLabel)))
    return null;
  const judged = products.map(product => judge(planned, facts, product));
  const refused = judged.filter(one => one.runs === false).map(one => one.product);
  const [best] = judged.filter(one => one.runs === true).sort((a, b) => b.free - a.free);
  if (best === undefined || refused.length === 0) return null;
  const selector = `${productLabel}=${best.product}`;
  const message = `${planned.plan.model.id} does not run on every type of GPU here (not on ${refused.join(', ')}), so the workers are held on nodes with ${best.product}.`;
  return {
    selector,
    finding: finding(
      'gpu-pinned',
      'info',
      'nodeSelector',
      message,
      `To choose another type: --node-selector ${productLabel}=NAME`,
    ),
  };
};
