/** Colour: the only importer of chalk. Meaning never hangs on it. */

import { Chalk } from 'chalk';

export type Paint = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
};

/** A painter that colours, or one that leaves text alone. */
export const paintFor = (color: boolean): Paint => {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  // chalk joins all its arguments, so it must not be handed to map as it is.
  const only = (color: (text: string) => string) => (text: string) => color(text);
  return {
    bold: only(chalk.bold),
    dim: only(chalk.dim),
    red: only(chalk.red),
    yellow: only(chalk.yellow),
    green: only(chalk.green),
    cyan: only(chalk.cyan),
  };
};
