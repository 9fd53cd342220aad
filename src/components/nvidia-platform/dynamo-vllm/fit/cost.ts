/** What a whole plan costs an hour, where its GPUs are known and a price table was given. */

import type { Facts, SummaryLine } from '../../../../core/component.ts';
import type { Prices } from '../../../../core/fit.ts';
import type { Planned } from '../planning.ts';
import { gpuRooms } from './gpu-nodes.ts';
import { costPerHour } from './prices.ts';

/** GPUs of each pod. Workers may share a machine, so all of them on one are tried too; null without a price. */
export const costOfAll = (prices: Prices | null, gpu: string, workers: readonly number[]): number | null => {
  const each = workers.map(gpus => costPerHour(prices, gpu, gpus));
  const apart = each.some(cost => cost === null)
    ? null
    : each.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  const total = workers.reduce((sum, gpus) => sum + gpus, 0);
  const costs = [apart, costPerHour(prices, gpu, total)].filter(cost => cost !== null);
  return costs.length === 0 ? null : Math.min(...costs);
};

/** One line of the summary, or none: with several kinds of GPU nobody knows which will be used. */
export const costLines = ({ plan, settings }: Planned, facts: Facts): SummaryLine[] => {
  const rooms = gpuRooms(facts, settings.nodeSelector) ?? [];
  const [room] = rooms;
  if (facts.prices == null || room === undefined || rooms.length > 1) return [];
  const workers = plan.roles
    .filter(({ gpus }) => gpus > 0)
    .flatMap(({ gpus, replicas }) => Array.from({ length: replicas }, () => gpus));
  const cost = costOfAll(facts.prices, room.gpu.name, workers);
  if (cost === null) return [];
  return [{ label: 'Cost per hour', value: `${cost.toFixed(2)} for ${plan.gpus.total} x ${room.gpu.name}` }];
};
