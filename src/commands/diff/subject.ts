/** Compares what is decided upon with a cluster. */

import type { Client } from '../../cluster/client.ts';
import { adopt } from '../../core/adopt.ts';
import type { Comparison } from '../../core/comparison.ts';
import type { Context } from '../context.ts';
import type { Subject } from '../subject.ts';
import { compareAll } from './compare.ts';
import { replacementFor } from './replacement.ts';

/** The ownership labels are part of what is compared. Errors: ClusterError. */
export const compareSubject = async (
  context: Context,
  client: Client,
  subject: Subject,
): Promise<Comparison> => {
  const { name, namespace } = subject;
  const { objects } = adopt(subject.objects, name);
  return compareAll({
    client,
    name,
    namespace,
    objects,
    explainRefusal: await context.entry.explainRefusal(),
    replacement: await replacementFor(context, client.target, { ...subject, objects }),
    signal: context.io.signal,
  });
};
