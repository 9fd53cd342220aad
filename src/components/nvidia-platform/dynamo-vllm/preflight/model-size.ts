/** How large the model's weights are: as the Hub says, else as the catalogue knows. */

import { weightsGiB } from '../fit/catalogue.ts';
import { bytesPerGib } from '../fit/facts.ts';
import type { Scene } from './scene.ts';

/** Null when neither knows. */
export const weightsBytes = ({ hub, model }: Scene): number | null => {
  if (hub?.weightsBytes != null) return hub.weightsBytes;
  const known = model === null ? undefined : weightsGiB(model);
  return known === undefined ? null : known * bytesPerGib;
};
