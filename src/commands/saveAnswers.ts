/** `--save-answers FILE`: every setting that was settled, as a file that `--answers` takes. */

import type { Values } from '../core/settings.ts';
import { yamlText } from '../core/yaml.ts';
import { writeWhole } from '../files/write.ts';
import type { Context } from './context.ts';
import { pathFrom } from './layers.ts';

/** Does nothing when the flag was not given. Errors: `refused`. */
export const saveAnswers = ({ io, options }: Context, settings: Values): void => {
  if (options.saveAnswers === undefined) return;
  writeWhole(pathFrom(io, options.saveAnswers), yamlText(settings), 'The answers', '--save-answers');
};
