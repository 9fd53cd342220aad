/** What this component knows about changing a deployment that is there. */

import type { Changes } from '../../../../core/changes.ts';
import { deadlock, stuckUpdate } from '../preflight/rollout-check.ts';
import { roleChanges } from './roles.ts';

export const changes: Changes = {
  roles: roleChanges,
  stuck: stuckUpdate,
  counts: ['replicas', 'prefillReplicas', 'decodeReplicas'],
  surveyed: ['model', 'modelCache', 'modelCacheSize', 'modelCacheAccessMode', 'storageClass', 'platform'],
  follow: {
    model: ['modelRevision', 'modelCacheSize'],
    release: ['operatorRelease'],
    platform: ['kvbmDiskDir'],
  },
  intended: ['other-model'],
  lasting: ['updateStrategy'],
  momentary: [deadlock],
};
