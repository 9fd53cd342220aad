/** What to do where a namespace's Pod Security level forbids the pods. */

/** `level` as the refusal names it, such as `restricted:latest`; only a lower one helps. */
export const podSecurityHint = (namespace: string, level: string): string =>
  `Use another namespace, or have it lowered: kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=${level.startsWith('baseline') ? 'privileged' : 'baseline'} --overwrite`;
