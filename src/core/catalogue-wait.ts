/** What can be said about the wait itself, whatever is waited for. */

import type { Catalogue } from './finding.ts';

export const waitCatalogue = {
  'wait-unreadable': {
    title: 'Part of what happens cannot be seen',
    meaning:
      'The wait goes on without events, Jobs or logs, so that a cause may be named later or not at all.',
    cause: 'The user of this kubeconfig may not watch events or Jobs, or not read logs, in this namespace.',
    remedy:
      'Ask an administrator for "watch" on events and Jobs and "get" on pods/log; check --print-rbac prints a Role.',
  },
  'wait-forbidden': {
    title: 'The deployment cannot be watched',
    meaning:
      'Pods or the DynamoGraphDeployment may not be watched, so nothing can be said about their progress.',
    cause: 'The user of this kubeconfig lacks "list" and "watch" on them in this namespace.',
    remedy: 'Ask an administrator for these rights; what was applied goes on without this program.',
  },
  'wait-silent': {
    title: 'The API server does not answer during the wait',
    meaning: 'Nothing new has been heard for a minute or more; the deployment itself goes on.',
    cause: 'The network, a VPN, the credentials or the API server itself are away.',
    remedy: 'Nothing needs doing when it comes back; the wait tries again until its limit.',
  },
  'diagnose-unreadable': {
    title: 'A diagnosis without one of its sources',
    meaning: 'Events, Jobs or logs may not be read, so that a cause may stay hidden.',
    cause: 'The user of this kubeconfig may not list events or Jobs, or not read logs, in this namespace.',
    remedy:
      'Ask an administrator for "list" on events and Jobs and "get" on pods/log; check --print-rbac prints a Role.',
  },
  'not-ready-yet': {
    title: 'Not ready yet',
    meaning: 'The deployment comes up, nothing is wrong with it so far, and the usual time is not over.',
    cause: 'Images are pulled, the model is downloaded and loaded, kernels are compiled.',
    remedy: 'Wait, and diagnose again if it takes longer than the model should need.',
  },
} as const satisfies Catalogue;
