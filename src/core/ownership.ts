/** What tells the program's own objects from those of others, whatever the component. */

import type { Labels } from './cluster-facts.ts';

/** Value of the managed-by label, and the name under which fields are written. */
export const ownName = 'dynamo-installer';

export const managedByLabel = 'app.kubernetes.io/managed-by';
const instanceLabel = 'app.kubernetes.io/instance';
const componentLabel = 'app.kubernetes.io/component';

export const programVersionAnnotation = `${ownName}/program-version`;

export const isOwn = (labels: Labels | undefined): boolean => labels?.[managedByLabel] === ownName;

/** The deployment that an object belongs to; undefined for what deployments share. */
export const instanceOf = (labels: Labels | undefined): string | undefined => labels?.[instanceLabel];

/** Labels of an object that the program makes itself; what deployments share belongs to no instance. */
export const ownLabels = (component: string, instance: string | null): Labels => ({
  [managedByLabel]: ownName,
  ...(instance === null ? {} : { [instanceLabel]: instance }),
  [componentLabel]: component,
});

/** Label selector of everything that belongs to one deployment. */
export const ownSelector = (instance: string): string =>
  `${managedByLabel}=${ownName},${instanceLabel}=${instance}`;
