/** The answers of a deployment, kept beside it in the cluster so that later changes start from the truth. */

import type { KubernetesObject } from '../../core/manifest.ts';
import { ownLabels, ownName, programVersionAnnotation } from '../../core/ownership.ts';
import type { Values } from '../../core/settings.ts';
import { yamlText } from '../../core/yaml.ts';

/** Key of the ConfigMap; what it holds is an answers file. */
export const answersKey = 'answers.yaml';

export const recordName = (name: string): string => `${ownName}-${name}`;

/** Holds no secret: settings name the Secret of the token, never the token. */
export const recordOf = (
  name: string,
  namespace: string,
  settings: Values,
  programVersion: string,
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: recordName(name),
    namespace,
    labels: ownLabels('answers', name),
    annotations: { [programVersionAnnotation]: programVersion },
  },
  data: { [answersKey]: yamlText(settings) },
});
