/** Server-side apply: the dry run of a whole set, and the one PATCH per object. */

import { type Ref, sameRef } from '../core/kinds.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import { ownName } from '../core/ownership.ts';
import type { Answer, Client, Query } from './client.ts';
import { type ClusterError, isClusterError } from './refusal.ts';
import type { Located } from './resources.ts';
import { slots } from './survey/slots.ts';

/** Somebody else wrote these fields with another value. */
export type Conflict = {
  readonly managers: readonly string[];
  /** Such as `.spec.replicas`. */
  readonly fields: readonly string[];
};

export type DryRun = Located & {
  readonly exists: boolean;
  /** Of the live object; null when there is none or it was not told. */
  readonly resourceVersion: string | null;
  /** The object as it would be, as the API server completed it; null when it was refused. */
  readonly would: LiveObject | null;
  /** Texts of Warning headers. */
  readonly warnings: readonly string[];
  readonly refusal: ClusterError | null;
  readonly conflict: Conflict | null;
  /** Its namespace does not exist yet, so nothing more can be said. */
  readonly namespaceMissing: boolean;
};

/** What of an object that the API server gave matters here. */
export type LiveObject = KubernetesObject & {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly managedFields?: readonly ManagedFields[];
  };
};

type ManagedFields = {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly subresource?: string;
};

export type Change = 'created' | 'configured' | 'unchanged';

export type Applied = { readonly ref: Ref; readonly change: Change; readonly warnings: readonly string[] };

const applyType = 'application/apply-patch+yaml';
const mostAtOnce = 6;

const query = (more: Query): Query => ({ fieldManager: ownName, fieldValidation: 'Strict', ...more });

/** Refusals of one object; all else concerns the connection, and therefore the whole run. */
const aboutTheObject: readonly string[] = ['forbidden', 'not-found', 'conflict', 'invalid', 'server'];

const isRefusal = (error: unknown): error is ClusterError =>
  isClusterError(error) && aboutTheObject.includes(error.kind);

/** What a 409 of server-side apply says; null for another kind of conflict. */
const conflictIn = (error: ClusterError): Conflict | null => {
  const causes = error.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (causes.length === 0) return null;
  const managers = causes.map(({ message }) => /conflict with "([^"]*)"/.exec(message)?.[1] ?? message);
  return {
    managers: [...new Set(managers)],
    fields: [...new Set(causes.map(({ field }) => field))],
  };
};

const namespaceMissing = (error: ClusterError): boolean =>
  error.kind === 'not-found' && /namespaces "[^"]*" not found/.test(error.message);

const nothing = {
  exists: false,
  resourceVersion: null,
  would: null,
  warnings: [],
  refusal: null,
  conflict: null,
  namespaceMissing: false,
} as const;

const accepted = (located: Located, { status, body, warnings }: Answer<LiveObject>): DryRun => {
  const exists = status !== 201;
  return {
    ...located,
    ...nothing,
    exists,
    resourceVersion: exists ? (body.metadata.resourceVersion ?? null) : null,
    would: body,
    warnings,
  };
};

const refused = (located: Located, error: ClusterError): DryRun => {
  const base = { ...located, ...nothing };
  if (namespaceMissing(error)) return { ...base, namespaceMissing: true };
  const conflict = conflictIn(error);
  return conflict === null ? { ...base, refusal: error } : { ...base, exists: true, conflict };
};

/** As if it were new: an object of that name is what a creation fails on last, so that is as good as a yes. */
const tryCreate = async (client: Client, located: Located & { path: string }): Promise<DryRun> => {
  const collection = located.path.slice(0, located.path.lastIndexOf('/'));
  try {
    const answer = await client.request<LiveObject>({
      method: 'POST',
      path: collection,
      query: query({ dryRun: 'All' }),
      body: located.object,
    });
    return accepted(located, answer);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.kind === 'conflict' ? { ...located, ...nothing, exists: true } : refused(located, error);
  }
};

const tryApply = async (
  client: Client,
  located: Located & { path: string },
  force: boolean,
): Promise<DryRun> => {
  try {
    const answer = await client.request<LiveObject>({
      method: 'PATCH',
      path: located.path,
      query: query({ dryRun: 'All', ...(force ? { force: true } : {}) }),
      contentType: applyType,
      body: located.object,
    });
    return accepted(located, answer);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refused(located, error);
  }
};

export type DryRunOptions = {
  /** Take fields from other managers. */
  readonly force: boolean;
  /** Objects that are going to be removed first, so that they are tried as new ones. */
  readonly replaced?: readonly Ref[];
};

const hasPath = (located: Located): located is Located & { path: string } => located.path !== null;

/**
 * What the API server and every webhook say to the whole set, in its order; nothing is changed.
 * An object whose kind is not served has neither a refusal nor `would`.
 * Errors: ClusterError when it is about the connection and not about one object.
 */
export const dryRun = async (
  client: Client,
  set: readonly Located[],
  { force, replaced = [] }: DryRunOptions,
): Promise<DryRun[]> => {
  const run = slots(mostAtOnce);
  return Promise.all(
    set.map(located => {
      if (!hasPath(located)) return { ...located, ...nothing };
      const anew = replaced.some(ref => sameRef(ref, located.ref));
      return run(() => (anew ? tryCreate(client, located) : tryApply(client, located, force)));
    }),
  );
};

/** When this program last changed something in the object, RFC 3339; undefined when it did not. */
const writtenAt = ({ metadata }: LiveObject): string | undefined =>
  metadata.managedFields?.find(({ manager, operation }) => manager === ownName && operation === 'Apply')
    ?.time;

/** A controller may have written between dry run and PATCH; then the time of our own last write tells. */
const changeOf = (before: DryRun, after: LiveObject, since: string | null): Change => {
  if (!before.exists) return 'created';
  if (before.resourceVersion !== null && before.resourceVersion === after.metadata.resourceVersion)
    return 'unchanged';
  const time = writtenAt(after);
  return since !== null && time !== undefined && time < since ? 'unchanged' : 'configured';
};

export type ApplyOptions = {
  readonly force: boolean;
  readonly before: DryRun;
  /** A time of the API server's clock between the dry run and now (RFC 3339, whole seconds); null when none is known. */
  readonly since?: string | null;
};

/** Exactly one PATCH, and nothing else. Errors: ClusterError. */
export const applyOne = async (
  client: Client,
  object: KubernetesObject,
  { force, before, since = null }: ApplyOptions,
): Promise<Applied> => {
  const { body, warnings } = await client.request<LiveObject>({
    method: 'PATCH',
    path: before.path ?? '',
    query: query(force ? { force: true } : {}),
    contentType: applyType,
    body: object,
    throughInterrupt: true,
  });
  return { ref: before.ref, change: changeOf(before, body, since), warnings };
};
