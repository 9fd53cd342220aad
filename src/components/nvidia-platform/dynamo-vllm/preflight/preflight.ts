/** What this component says before anything is applied: what is surveyed, what is allowed, what is checked. */

import type { CheckResult } from '../../../../core/check.ts';
import type { Preflight, PreflightInput } from '../../../../core/preflight.ts';
import { claimChecks } from './claim-checks.ts';
import { diskChecks } from './disk-check.ts';
import { factsOf } from './facts.ts';
import { fitChecks } from './fit-check.ts';
import { gpuNodeChecks } from './gpu-checks.ts';
import { hubChecks } from './hub-checks.ts';
import { imageChecks } from './image-checks.ts';
import { nameChecks } from './names-checks.ts';
import { namespaceChecks } from './namespace-check.ts';
import { operatorChecks } from './operator-checks.ts';
import { permissionChecks } from './permission-check.ts';
import { permissions } from './permissions.ts';
import { placementChecks } from './placement-check.ts';
import { apiVersionServed, crdInstalled, hasCrd, hasGpus, serverVersion } from './platform-checks.ts';
import { quotaChecks } from './quota-checks.ts';
import { replacement } from './replacement.ts';
import { rolloutChecks } from './rollout-check.ts';
import { type Scene, sceneOf } from './scene.ts';
import { secretChecks } from './secret-check.ts';
import { servedModel } from './served-model.ts';
import { survey } from './survey.ts';

const failed = (results: readonly CheckResult[]): boolean =>
  results.some(({ outcome }) => outcome === 'fail');

/** Where there is no room at all, the way there is of no interest. */
const roomChecks = (scene: Scene): CheckResult[] => {
  const placement = placementChecks(scene);
  return failed(placement) ? placement : [...placement, ...rolloutChecks(scene)];
};

/** GPUs: first whether there are any, then what fits on them, then whether enough are free. */
const gpuChecks = (scene: Scene): CheckResult[] => {
  const nodes = gpuNodeChecks(scene);
  if (!nodes.goOn) return [...nodes.results];
  const hardware = [...imageChecks(scene), ...fitChecks(scene), ...diskChecks(scene)];
  // A disk cache that no node holds is a request that no node holds, too: it is said once.
  return [...nodes.results, ...hardware, ...(failed(diskChecks(scene)) ? [] : roomChecks(scene))];
};

/** In another cluster than the one that was meant, what else is missing there is of no interest. */
const isElsewhere = ({ cluster }: Scene): boolean => hasCrd(cluster) === false && hasGpus(cluster) === false;

const checks = (input: PreflightInput): CheckResult[] => {
  const scene = sceneOf(input);
  const platform = [...serverVersion(scene), ...crdInstalled(scene)];
  if (isElsewhere(scene)) return [...platform, ...hubChecks(scene)];
  return [
    ...platform,
    ...apiVersionServed(scene),
    ...(hasCrd(scene.cluster) === false ? [] : operatorChecks(scene)),
    ...namespaceChecks(scene),
    ...permissionChecks(scene),
    ...nameChecks(scene),
    ...hubChecks(scene),
    ...secretChecks(scene),
    ...claimChecks(scene),
    ...quotaChecks(scene),
    ...gpuChecks(scene),
  ];
};

const fits = (input: PreflightInput): CheckResult[] => {
  const scene = sceneOf(input);
  return gpuNodeChecks(scene).goOn ? fitChecks(scene) : [];
};

export const preflight: Preflight = {
  survey,
  facts: factsOf,
  permissions,
  checks,
  fits,
  aboutRoom: ['gpu-nodes', 'gpu-nodes-usable', 'gpu-taints', 'gpu-placement', 'job-placement'],
  replacement,
  servedModel,
};
