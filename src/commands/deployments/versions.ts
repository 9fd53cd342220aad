/** Reads custom resources in the first version in which they can be read. */

import { type ClusterError, isClusterError } from '../../cluster/refusal.ts';
import type { SurveyAsk } from '../../core/cluster-facts.ts';

type Graphs = Pick<SurveyAsk, 'graph'>['graph'];

/** Versions that are not served are passed over, and so is one that the operator would have to convert while it is down. */
const passedOver = (error: unknown): error is ClusterError =>
  isClusterError(error) && ['not-found', 'server'].includes(error.kind);

/** What comes of the first version that can be read; null when nothing is there in any of them. Errors: ClusterError. */
export const readFirst = async <T>(
  { group, versions }: Pick<Graphs, 'group' | 'versions'>,
  read: (root: string) => Promise<T>,
): Promise<T | null> => {
  const refused: ClusterError[] = [];
  for (const version of versions) {
    try {
      return await read(`/apis/${group}/${version}`);
    } catch (error) {
      if (!passedOver(error)) throw error;
      refused.push(error);
    }
  }
  const broken = refused.find(({ kind }) => kind === 'server');
  if (broken !== undefined) throw broken;
  return null;
};
