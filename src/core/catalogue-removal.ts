/** What can be said while a deployment is removed or looked at, whatever it is made of. */

import type { Catalogue } from './finding.ts';

export const removalCatalogue = {
  'uninstall-finalizer': {
    title: 'A finalizer keeps the deployment from going away',
    meaning:
      'The deletion was accepted, but Kubernetes keeps the object until the controller that set its finalizer clears it. Pods and their GPUs stay meanwhile.',
    cause:
      'nvidia.com/finalizer is cleared only by the Dynamo operator: it was uninstalled first, is down, or does not watch the namespace. Another finalizer belongs to the controller that its name tells.',
    remedy:
      'Install the operator again so that it clears the finalizer, and run uninstall again. Removing the finalizer by hand is the last resort: it is never done by this program.',
  },
  'uninstall-pods': {
    title: 'Pods do not stop',
    meaning:
      'Pods of the deployment are still there after the time that they were given to stop, and hold their GPUs.',
    cause: 'The kubelet of their node does not answer, or a process on it cannot be ended.',
    remedy: 'Look at the node; when it is gone for good, delete its Node object, and the pods go with it.',
  },
  'uninstall-orphans': {
    title: 'Objects of the operator that nobody collects',
    meaning:
      "Deployments or Services that Dynamo's operator made are still there, though the deployment above them is gone.",
    cause: 'The custom resource was deleted without its dependents (--cascade=orphan), or with its CRD.',
    remedy:
      'Delete them with the command shown: they do not carry the labels by which this program knows its own.',
  },
  'uninstall-left': {
    title: 'Something is still there',
    meaning: 'An object was deleted and has not gone in the time that it usually takes.',
    cause: 'A finalizer of another controller, a pod that uses it, or a very busy cluster.',
    remedy: 'Look at the object, and run uninstall again: it goes on where it stopped.',
  },
  'uninstall-refused': {
    title: 'An object could not be deleted',
    meaning: 'The API server refused one deletion; the others went on.',
    cause: 'A policy of the cluster, or a webhook that is down.',
    remedy: 'Mend what the message says, and run uninstall again.',
  },
  'uninstall-forbidden': {
    title: 'Not everything may be deleted',
    meaning: 'A deletion that is needed is not allowed; nothing was deleted.',
    cause:
      'The user of this kubeconfig lacks "delete" on that kind in the namespace, or a policy protects it.',
    remedy: 'Ask an administrator for that right; check --print-rbac prints a Role.',
  },
  'uninstall-kept': {
    title: 'Kept although its removal was asked for',
    meaning: 'The model cache or the token Secret was to be removed, and others use it or made it.',
    cause: 'Deployments of one namespace share them.',
    remedy: 'Uninstall the last deployment that uses it with the same flag, or delete it with kubectl.',
  },
  'uninstall-not-ours': {
    title: "Something of Dynamo's operator stays",
    meaning:
      'The operator makes a ServiceAccount with a RoleBinding, up to 0.9 also a Secret, in every namespace with a deployment, and never removes them.',
    cause: 'They belong to the platform and not to one deployment.',
    remedy: 'Nothing needs doing; they can be deleted when no deployment is left in the namespace.',
  },
  'status-unreadable': {
    title: 'Part of the state cannot be seen',
    meaning: 'Jobs or events may not be read, so a cause may not be named.',
    cause: 'The user of this kubeconfig lacks "list" on them in this namespace.',
    remedy: 'Ask an administrator for it; check --print-rbac prints a Role.',
  },
} as const satisfies Catalogue;
