/** Every golden passes the real CRD of its release, unknown fields refused. */

import { expect, it } from 'vitest';
import { cases, releases } from '../golden/cases.ts';
import { crdFolderOf, crdsMissing, crdValidator } from '../kit/crd.ts';
import { draftFrom } from '../kit/draft.ts';
import { describeUnless } from '../kit/skip.ts';

/** No CRD of 1.6 is at hand; its goldens are held against the newest there is. */
const nearest = '1.5';

describeUnless(crdsMissing, 'goldens against the real CRDs', () => {
  for (const release of releases) {
    const folder = crdFolderOf(release) ?? crdFolderOf(nearest) ?? '';
    it(`release ${release} against the CRD of ${folder}`, () => {
      const drafts = cases
        .filter(one => one.release === release)
        .map(one => ({ name: one.name, draft: draftFrom(one.answers) }));
      const [first] = drafts;
      const version = String(first?.draft.plan?.apiVersion).replace('nvidia.com/', '');
      const validate = crdValidator(folder, version);
      for (const { name, draft } of drafts) {
        const graph = draft.manifests.find(manifest => manifest.object.kind === 'DynamoGraphDeployment');
        expect(validate(graph?.object), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
      }
      const broken = { ...first?.draft.manifests.at(-1)?.object, spec: { unknownField: 1 } };
      expect(validate(broken)).toBe(false);
    });
  }
});
