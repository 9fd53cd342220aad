/** Secrets of whoever runs this: a token that is exported here may stand in a log there. */

import { isSecretName } from '../core/scrub.ts';
import type { Io } from '../io.ts';

/** Shorter values would take ordinary words out of every text. */
const shortest = 8;

export const ownSecrets = ({ env }: Pick<Io, 'env'>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= shortest && isSecretName(name) ? [value] : [],
  );
