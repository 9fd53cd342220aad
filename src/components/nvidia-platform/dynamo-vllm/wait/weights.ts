/** How large the weights are that are waited for. */

import type { Awaited } from '../../../../core/sight.ts';
import { weightsGiB } from '../fit/catalogue.ts';
import { componentsOf, isGraph } from '../graph.ts';
import { text } from './members.ts';
import { modelOf } from './words.ts';

const gib = 2 ** 30;

/** As the Hub said, else as the table of known models has it; null when neither knows. */
export const weightsOf = ({ weightsBytes, objects }: Awaited): number | null => {
  if (weightsBytes !== null) return weightsBytes;
  const models = objects
    .filter(object => text(object.apiVersion) !== '' && isGraph(object))
    .flatMap(componentsOf)
    .map(modelOf);
  const size = models.map(weightsGiB).find(known => known !== undefined);
  return size === undefined ? null : size * gib;
};
