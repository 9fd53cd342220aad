/** What can be said about manifests that were saved before or come from elsewhere. */

import type { Catalogue } from './finding.ts';

export const manifestsCatalogue = {
  'labels-added': {
    title: 'Ownership labels are added',
    meaning:
      'The manifests did not carry the labels by which this program finds its own objects; they are added to what is applied, not to the file.',
    cause: 'They were written by hand or by another tool.',
    remedy: 'Nothing needs doing. With the labels, status, diff and uninstall find the deployment.',
  },
  'labels-of-others': {
    title: 'A manifest is labelled as managed by another tool',
    meaning: 'Its label app.kubernetes.io/managed-by names another tool, which is left as it is.',
    cause: 'The manifest was rendered by a Helm chart or by another tool.',
    remedy: 'Leave the label out to have it managed by this program, or apply it with the tool it names.',
  },
  'answers-of-other-version': {
    title: 'Answers of another version of this program',
    meaning:
      'The answers that were kept with manifests hold a setting that this version does not know or read.',
    cause: 'They were saved by an older or a newer version.',
    remedy: 'The manifests can be used as they are; install anew to get answers of this version.',
  },
  'several-deployments': {
    title: 'More than one deployment in the manifests',
    meaning: 'A run applies one deployment, waits for it and verifies it; these manifests hold several.',
    cause: 'A file for a whole namespace, or two files in one folder.',
    remedy: 'Put each deployment into a file of its own.',
  },
  'diff-without-dry-run': {
    title: 'Compared without the API server',
    meaning:
      'What would come of the manifests was not asked, so only the fields that they set were compared with what is there.',
    cause: 'The account may read the objects and not change them.',
    remedy: 'For an exact comparison use an account that may patch them; nothing is changed by it.',
  },
  'diff-unreadable': {
    title: 'An object could not be compared',
    meaning: 'What is there may not be read or could not be read.',
    cause: 'The account lacks the permission; values of Secrets are never asked for by this program.',
    remedy: 'Ask an admin for the permission that the message names, if the comparison matters.',
  },
} as const satisfies Catalogue;
