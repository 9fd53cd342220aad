/** What can be said about changing a deployment, whatever the component. */

import type { Catalogue } from './finding.ts';

export const changeCatalogue = {
  'rolled-back': {
    title: 'The former settings are back',
    meaning: 'A change did not come up, and what was there before was applied again.',
    cause: 'The new settings do not work, and --rollback-on-failure was given.',
    remedy: 'Mend the cause that was named, then make the change again.',
  },
} as const satisfies Catalogue;
