/** Taints of nodes that are just coming or going: set and lifted by Kubernetes, autoscalers and drivers, never to be tolerated by a workload. */

const prefixes = [
  'node.kubernetes.io/',
  'node.cloudprovider.kubernetes.io/',
  'karpenter.sh/',
  'node.cilium.io/',
  'ebs.csi.aws.com/',
  'efs.csi.aws.com/',
  'ToBeDeletedByClusterAutoscaler',
  'DeletionCandidate',
] as const;

/** `key` as it begins: `karpenter.sh/disrupted`, or with its value behind it. */
export const passes = (key: string): boolean => prefixes.some(prefix => key.startsWith(prefix));

/** A node that carries one of these has just come, or comes back. */
const coming =
  /^(?:node\.kubernetes\.io\/not-ready|node\.cloudprovider\.kubernetes\.io\/uninitialized|karpenter\.sh\/unregistered|[\w.]+\/agent-not-ready)/;

export const comes = (key: string): boolean => coming.test(key);
