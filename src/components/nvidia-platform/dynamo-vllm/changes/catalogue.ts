/** What can be said about a change of a deployment that is there. */

import type { Catalogue } from '../../../../core/finding.ts';

export const changesCatalogue = {
  'update-deadlock': {
    title: 'An update that would wait for ever',
    meaning:
      'Changed pods start before the old ones stop, and no node has the free GPUs that they need; the old pods keep serving and the new ones stay Pending.',
    cause:
      'Every GPU is taken. With up to three replicas the operator starts one pod more and stops none before that is ready.',
    remedy:
      'Let an old pod stop first with --update-strategy in-place, run with fewer replicas, or free GPUs. --skip-check update-deadlock lets it wait.',
  },
} as const satisfies Catalogue;
