/** Ownership: the labels and annotations by which this program finds what is its own. Nothing without them is ever changed or removed. */

export const managedBy = 'dynamo-installer';
const prefix = 'dynamo-installer';

/** Pods that mount one claim carry it, so that they can be held on one node; the value is the claim's name. */
export const cacheLabel = `${prefix}/model-cache`;

export const answersAnnotation = `${prefix}/answers-hash`;
export const programAnnotation = `${prefix}/program-version`;

type Labels = Readonly<Record<string, string>>;

/** Labels that stand on pods too: nothing that a newer program would change, so that an upgrade restarts nothing. */
export const podLabels = (name: string, component: string): Labels => ({
  'app.kubernetes.io/managed-by': managedBy,
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/component': component,
});

/** Labels of a top-level object; shared ones (the model cache) belong to no instance. */
export const topLabels = (name: string | null, component: string, release: string | null): Labels => ({
  'app.kubernetes.io/managed-by': managedBy,
  ...(name === null ? {} : { 'app.kubernetes.io/instance': name }),
  'app.kubernetes.io/component': component,
  ...(release === null ? {} : { 'app.kubernetes.io/version': release }),
});
