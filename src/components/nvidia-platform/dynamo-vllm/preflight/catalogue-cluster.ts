/** Explains the checks of the platform, names and permissions. */

import type { Catalogue } from '../../../../core/finding.ts';

export const clusterCodes = {
  'server-version': {
    title: 'The API server is old',
    meaning: 'The cluster runs a Kubernetes release below 1.27, the first that checks every field strictly.',
    cause: 'The cluster was not upgraded for a long time.',
    remedy: 'Upgrade it, or go on and read what is refused.',
  },
  'dynamo-crd': {
    title: "Dynamo's custom resource is not installed",
    meaning: 'The API server does not know DynamoGraphDeployments, so nothing could be deployed.',
    cause:
      'The kubeconfig points at another cluster than the one that was meant, or the Dynamo platform was never installed.',
    remedy: 'Choose the cluster with --context, or install the dynamo-platform chart.',
  },
  'api-version': {
    title: 'The API version of the manifest is not served',
    meaning: "The manifest is written for one version of Dynamo's API, and the cluster serves only another.",
    cause: 'The manifest was saved for an older or newer platform.',
    remedy: 'Render it again on this cluster.',
  },
  operator: {
    title: 'No Dynamo operator was found',
    meaning: "The custom resource is there, but no operator with the labels of Dynamo's chart.",
    cause: 'It was removed or never installed, or it was installed in another way.',
    remedy: 'Install the dynamo-platform chart, or go on with --skip-check operator if one runs.',
  },
  'operator-health': {
    title: 'The Dynamo operator does not run',
    meaning: 'None of its pods is available. Its webhook then refuses every change, or nobody acts on it.',
    cause: 'Its pod is Pending or crashes, or it was scaled to 0.',
    remedy: 'Look at its Deployment and pods; the message names them.',
  },
  'operator-namespace': {
    title: 'The Dynamo operator does not watch this namespace',
    meaning: 'A deployment here would be accepted and then stay without status and pods for ever.',
    cause: 'The operator was installed with a namespace restriction.',
    remedy: 'Install into the namespace that it watches, or lift the restriction.',
  },
  namespace: {
    title: 'The namespace is not there',
    meaning: 'It does not exist, or is being deleted.',
    cause: 'A typo, a new cluster, or somebody removed it.',
    remedy: 'Add --create-namespace, or name another with --namespace.',
  },
  permissions: {
    title: 'A permission is missing',
    meaning:
      'Something that the installation will do is not allowed to the user. Nothing was applied, so that it does not stop halfway.',
    cause: 'The Role of the user lacks some verbs.',
    remedy: 'Give an admin what check --print-rbac prints.',
  },
  'permissions-reading': {
    title: 'Not everything may be read',
    meaning: 'Something that only the checks look at is not allowed to the user. It does not stop anything.',
    cause: 'The user may see the namespace, but not the whole cluster.',
    remedy: 'Nothing needs doing; the ClusterRole that check --print-rbac prints allows it.',
  },
  'name-taken': {
    title: 'The name belongs to another deployment',
    meaning: 'A DynamoGraphDeployment of this name exists that this program did not make.',
    cause: 'Somebody else, or a tool such as Argo CD, deployed it.',
    remedy: 'Choose another name with --name.',
  },
  'other-model': {
    title: 'The deployment serves another model',
    meaning: 'A deployment of ours has this name and another model, which would be replaced.',
    cause: 'The same name was used for two models.',
    remedy: 'Choose another name with --name, or remove the old deployment first.',
  },
  'object-taken': {
    title: 'An object of another owner is in the way',
    meaning:
      'A Service, Job or Secret of a name that is going to be used exists already. The operator overwrites a Service without a word.',
    cause: 'Somebody else uses the name, or two deployments make the same one out of their names.',
    remedy: 'Choose another name with --name.',
  },
} as const satisfies Catalogue;
