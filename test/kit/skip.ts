/** Groups of tests that cannot run everywhere: the reason stands in the title, and `npm test` lists it above its last line. */

import { describe } from 'vitest';

/** `describe`, skipped when there is a reason. In a test that finds out on its way, `context.skip(reason)` does the same. */
export const describeUnless = (reason: string | undefined, title: string, body: () => void): void => {
  describe.skipIf(reason !== undefined)(
    reason === undefined ? title : `${title}: skipped, because ${reason}`,
    body,
  );
};
