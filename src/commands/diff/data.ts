/** A comparison as data for scripts. */

import type { Comparison } from '../../core/comparison.ts';
import { pathText } from '../../core/diff.ts';

/** As JSON every change carries its path as text, too. */
export const comparisonData = ({ objects, extra, differs }: Comparison) => ({
  differs,
  objects: objects.map(({ changes, ...object }) => ({
    ...object,
    changes: changes.map(({ path, kind, live = null, here = null }) => ({
      path: pathText(path),
      kind,
      live,
      here,
    })),
  })),
  extra,
});
