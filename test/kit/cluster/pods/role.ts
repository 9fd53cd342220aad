/** Owns telling what part a pod plays in a deployment. */

import type { KubeObject } from '../api/client.ts';

export type Role = 'frontend' | 'worker' | 'prefill' | 'decode' | 'download' | 'other';

const LABEL = 'nvidia.com/dynamo-';

/** The role of a pod that the kit steers; `undefined` for all other pods. */
export function roleOf(pod: KubeObject): Role | undefined {
  const labels = pod.metadata.labels ?? {};
  if (!labels[`${LABEL}graph-deployment-name`]) {
    return pod.metadata.ownerReferences?.some(owner => owner.kind === 'Job') ? 'download' : undefined;
  }
  const type = labels[`${LABEL}component-type`] ?? '';
  if (type === 'frontend') return 'frontend';
  const said = labels[`${LABEL}sub-component-type`] ?? type;
  if (said === 'prefill' || said === 'decode') return said;
  return type === 'worker' ? workerRole(pod) : 'other';
}

// Up to 1.1 the labels of prefill and decode workers need not differ; the command line does.
function workerRole(pod: KubeObject): Role {
  const words = commandLine(pod);
  if (words.includes('--is-prefill-worker') || flagValue(words, '--disaggregation-mode') === 'prefill')
    return 'prefill';
  if (words.includes('--is-decode-worker') || flagValue(words, '--disaggregation-mode') === 'decode')
    return 'decode';
  return 'worker';
}

/** The words of the main container's command line, a shell's script split too. */
export function commandLine(pod: KubeObject): string[] {
  const containers = (pod.spec.containers ?? []) as { name: string; command?: string[]; args?: string[] }[];
  const main = containers.find(each => each.name === 'main') ?? containers[0];
  return [...(main?.command ?? []), ...(main?.args ?? [])].flatMap(word => word.split(/\s+/));
}

/** The value of a flag, `--flag value` or `--flag=value`. */
export function flagValue(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at >= 0 ? words[at + 1] : words.find(word => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
}

/** A plain environment value of the main container. */
export function envOf(pod: KubeObject, name: string): string | undefined {
  const containers = (pod.spec.containers ?? []) as {
    name: string;
    env?: { name: string; value?: string }[];
  }[];
  const main = containers.find(each => each.name === 'main') ?? containers[0];
  return main?.env?.find(each => each.name === name)?.value;
}
