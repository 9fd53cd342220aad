/** Notes on the record of a deployment that it was verified, so that a status can tell when. */

import type { Client } from '../../cluster/client.ts';
import { isClusterError } from '../../cluster/refusal.ts';
import type { LastVerify } from '../../core/last-verify.ts';
import { managedByLabel, ownName } from '../../core/ownership.ts';
import { recordName } from '../apply/record.ts';
import { lastVerifyAnnotation, lastVerifyText } from './last-verify.ts';

/** A name as a segment of a JSON pointer. */
const segment = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The API server itself makes sure that the record is this program's: a ConfigMap of somebody else stays as it is. */
const patchWith = (last: LastVerify) => [
  { op: 'test', path: `/metadata/labels/${segment(managedByLabel)}`, value: ownName },
  {
    op: 'add',
    path: `/metadata/annotations/${segment(lastVerifyAnnotation)}`,
    value: lastVerifyText(last),
  },
];

type Place = { readonly name: string; readonly namespace: string };

/**
 * One PATCH. False when nothing was noted: there is no record, it is not ours, or it may not be changed. A verification is as good
 * without it, so that is no error.
 */
export const noteVerified = async (
  client: Client,
  { name, namespace }: Place,
  last: LastVerify,
): Promise<boolean> => {
  try {
    await client.request({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/configmaps/${encodeURIComponent(recordName(name))}`,
      query: { fieldManager: ownName },
      contentType: 'application/json-patch+json',
      body: patchWith(last),
    });
    return true;
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return false;
  }
};
