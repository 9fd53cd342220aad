/** `status [NAME]`: one deployment on one screen. Changes nothing. */
import type { Command } from './context.ts';
export const command: Command = async () => 0;
