/** A conversation as a file: messages for programs, headings for people. */

import type { Message } from '../../core/chat.ts';

const heads: Readonly<Record<Message['role'], string>> = {
  system: 'Instruction',
  user: 'You',
  assistant: 'Answer',
};

/** `.json` takes the shape that a request takes; anything else is Markdown. */
export const conversationText = (file: string, model: string, messages: readonly Message[]): string =>
  file.endsWith('.json')
    ? `${JSON.stringify({ model, messages }, null, 2)}\n`
    : `# ${model}\n${messages.map(({ role, content }) => `\n## ${heads[role]}\n\n${content}\n`).join('')}`;
