/** One line of a conversation, and the key that interrupts while nothing is asked. */

import { input } from '@inquirer/prompts';
import type { Io } from '../io.ts';

const ends = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'];

/** What was typed; null when somebody pressed Ctrl-C or closed the terminal. */
export const askLine = async (message: string, io: Io): Promise<string | null> => {
  try {
    return await input(
      { message, theme: { prefix: '' } },
      { input: io.stdin, output: io.stderr, signal: io.signal },
    );
  } catch (error) {
    if (error instanceof Error && ends.includes(error.name)) return null;
    throw error;
  }
};

const interruptKey = '\u0003';

type Keyboard = Io['stdin'] & { readonly setRawMode?: (raw: boolean) => void };

/**
 * Calls `act` when Ctrl-C is pressed, which then interrupts nothing else; other keys are lost. Returns how to stop listening.
 * Outside of a terminal nothing is listened to.
 */
export const onInterruptKey = (io: Io, act: () => void): (() => void) => {
  const keyboard: Keyboard = io.stdin;
  if (keyboard.setRawMode === undefined) return () => {};
  const heard = (data: Buffer | string): void => {
    if (String(data).includes(interruptKey)) act();
  };
  keyboard.setRawMode(true);
  keyboard.on('data', heard);
  keyboard.resume();
  return () => {
    keyboard.off('data', heard);
    keyboard.pause();
    keyboard.setRawMode?.(false);
  };
};
