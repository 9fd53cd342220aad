/** `completion bash|zsh|fish`: prints the script that a shell sources. */

import { join } from 'node:path';
import { listed } from '../core/text.ts';
import { CliError } from '../errors.ts';
import { isShell, scriptFor, shells } from './completion/scripts.ts';
import type { Command } from './context.ts';
import { print, say } from './talk.ts';

const hints = {
  bash: 'source <(./cli completion bash)',
  zsh: 'source <(./cli completion zsh)',
  fish: './cli completion fish | source',
} as const;

export const command: Command = async ({ io, words }) => {
  const [shell = ''] = words;
  if (!isShell(shell)) {
    const what = shell === '' ? 'No shell was named.' : `There is no completion for "${shell}".`;
    throw new CliError('usage', what, {
      hint: `Name one of ${listed(shells, 'or')}, such as: ./cli completion bash`,
    });
  }
  // Not the launcher: it would build after a change of the sources, and nobody waits for that behind a Tab.
  const run = ['node', join(io.root, 'dist', 'cli.cjs'), 'complete'];
  print(io, scriptFor(shell, { program: join(io.root, 'cli'), run }));
  // Somebody who looks at it wants to know what it is for.
  if (io.canPrompt && 'isTTY' in io.stdout && io.stdout.isTTY === true)
    say(io, '', `To use it in this shell: ${hints[shell]}`);
  return 0;
};
