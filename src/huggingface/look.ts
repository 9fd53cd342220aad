/** The two questions that decide about a model: its metadata, and its config.json, which only those get who have access. */

import { configFile, paramsFile } from '../core/checkpoint.ts';
import { type Card, readCard } from './card.ts';
import type { Session } from './request.ts';
import { notTheHub, readReply, type Said } from './said.ts';

const mebibyte = 2 ** 20;

export type Look = {
  readonly anonymous: boolean;
  readonly metadata: Said;
  /** Null when the metadata could not be had. */
  readonly card: Card | null;
  readonly config: Said;
};

/** Path of a file of a repository at a revision. */
export const filePath = (id: string, revision: string, file: string): string =>
  `/${id}/resolve/${encodeURIComponent(revision)}/${file}`;

/** The Hub's default branch is asked for without naming it, as its own tools do. */
const metadataPath = (id: string, revision: string): string => {
  const at = revision === 'main' ? '' : `/revision/${encodeURIComponent(revision)}`;
  return `/api/models/${id}${at}?blobs=true`;
};

/** Asks both at once; then for the configuration in Mistral's own words, where a repository has no other. */
export const lookAt = async (
  session: Session,
  id: string,
  revision: string,
  anonymous: boolean,
): Promise<Look> => {
  const withToken = session.withToken && !anonymous;
  const ask = async (path: string, most: number): Promise<Said> =>
    readReply(await session.get(path, { most, anonymous }), session.endpoint.base, withToken);
  const [metadata, config] = await Promise.all([
    ask(metadataPath(id, revision), 8 * mebibyte),
    ask(filePath(id, revision, configFile), mebibyte),
  ]);
  const card = metadata.meaning === 'ok' ? readCard(metadata.text) : null;
  const misread = metadata.meaning === 'ok' && card === null;
  const files = card?.files?.map(({ path }) => path) ?? [];
  const other = files.includes(configFile) ? undefined : files.find(path => path === paramsFile);
  return {
    anonymous,
    metadata: misread ? notTheHub(metadata, session.endpoint.base) : metadata,
    card,
    config: other === undefined ? config : await ask(filePath(id, revision, other), mebibyte),
  };
};
