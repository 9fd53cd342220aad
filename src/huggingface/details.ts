/** What else is to know of a model that can be read: weights, code of its own, chat template. */

import {
  type CheckpointFile,
  downloadOf,
  indexFile,
  needsIndex,
  needsQuantFile,
  quantFile,
  weightsOf,
  withQuantization,
} from '../core/checkpoint.ts';
import type { HubFacts } from '../core/hub-facts.ts';
import { objectOf, parseJson } from '../core/json.ts';
import type { Card } from './card.ts';
import { filePath, type Look } from './look.ts';
import type { Session } from './request.ts';
import { textOf } from './text.ts';

export type Details = Pick<
  HubFacts,
  'weightsBytes' | 'downloadBytes' | 'remoteCode' | 'chatTemplate' | 'config'
>;

const mebibyte = 2 ** 20;
const tokenizerFile = 'tokenizer_config.json';
const templateFiles = ['chat_template.jinja', 'chat_template.json'];

/** Classes that the repository brings itself; null when the config was not read or is no JSON. */
const remoteCodeOf = (config: string | null): boolean | null => {
  const read = config === null ? undefined : objectOf(parseJson(config));
  if (read === undefined) return null;
  return Object.keys(objectOf(read.auto_map) ?? {}).length > 0;
};

const has = (files: readonly CheckpointFile[] | null, path: string): boolean =>
  files?.some(file => file.path === path) ?? false;

/** A template, or a list of named ones. */
const holdsTemplate = (tokenizer: string): boolean | null => {
  const read = objectOf(parseJson(tokenizer));
  if (read === undefined) return null;
  const { chat_template: template } = read;
  return textOf(template) !== null || (Array.isArray(template) && template.length > 0);
};

/** Text of a file; null when it cannot be had. */
type Read = (file: string, most: number) => Promise<string | null>;

const chatTemplateOf = async (
  files: readonly CheckpointFile[] | null,
  read: Read,
): Promise<boolean | null> => {
  if (templateFiles.some(file => has(files, file))) return true;
  if (files !== null && !has(files, tokenizerFile)) return null;
  const text = await read(tokenizerFile, 16 * mebibyte);
  const held = text === null ? null : holdsTemplate(text);
  // Without a list of files the template may lie in a file of its own.
  return held === false && files === null ? null : held;
};

const indexOf = (files: readonly CheckpointFile[] | null, read: Read): Promise<string | null> =>
  files !== null && needsIndex(files) ? read(indexFile, 64 * mebibyte) : Promise.resolve(null);

/** What is known without reading any file. */
export const detailsOf = (card: Card | null, config: string | null): Details => ({
  weightsBytes: card?.files ? weightsOf(card.files, null) : null,
  downloadBytes: card?.files ? downloadOf(card.files) : null,
  remoteCode: remoteCodeOf(config),
  chatTemplate: templateFiles.some(file => has(card?.files ?? null, file)) ? true : null,
  config,
});

const quantOf = (
  files: readonly CheckpointFile[] | null,
  config: string | null,
  read: Read,
): Promise<string | null> =>
  has(files, quantFile) && needsQuantFile(config) ? read(quantFile, 4 * mebibyte) : Promise.resolve(null);

/** Reads the files that are worth it: at most three, at once. Those that cannot be had leave what they would tell unknown. */
export const readDetails = async (
  session: Session,
  { card, config, anonymous }: Look,
  asked: { readonly model: string; readonly revision: string },
): Promise<Details> => {
  const files = card?.files ?? null;
  const id = card?.id ?? asked.model;
  const revision = card?.sha ?? asked.revision;
  const read: Read = async (file, most) => {
    const reply = await session.get(filePath(id, revision, file), { most, anonymous });
    return reply.kind === 'answer' && reply.status === 200 ? reply.text : null;
  };
  const [index, chatTemplate, quant] = await Promise.all([
    indexOf(files, read),
    chatTemplateOf(files, read),
    quantOf(files, config.text, read),
  ]);
  const known = detailsOf(card, config.text === null ? null : withQuantization(config.text, quant));
  return { ...known, weightsBytes: files === null ? null : weightsOf(files, index), chatTemplate };
};
