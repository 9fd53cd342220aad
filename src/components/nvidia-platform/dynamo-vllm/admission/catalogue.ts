/** What `explain` says about refusals of the API server. */

import type { Catalogue } from '../../../../core/finding.ts';

export const admissionCatalogue = {
  'admission-webhook-down': {
    title: 'A webhook that must agree does not answer',
    meaning: 'The API server asks a webhook before it accepts the object, and the webhook cannot be reached.',
    cause: 'Its pod does not run, its Service has no endpoints, or its certificate is not trusted.',
    remedy: 'Mend the operator that the message names and try again; nothing was applied.',
  },
  'admission-quota': {
    title: 'A quota of the namespace is used up',
    meaning:
      'A ResourceQuota would be exceeded; the message has what is asked for, what is used and the limit.',
    cause: 'Others use the namespace too, or the quota is meant for something smaller.',
    remedy: 'Ask for less, free something, use another namespace, or have the quota raised.',
  },
  'admission-limit-range': {
    title: 'A size outside the limits of the namespace',
    meaning: 'A LimitRange of the namespace sets a smallest or largest size.',
    cause: 'The cluster was set up so by whoever runs it.',
    remedy: 'Ask for a size within the limits, or have them changed.',
  },
  'admission-namespace-terminating': {
    title: 'The namespace is being deleted',
    meaning: 'Kubernetes creates nothing in a namespace that is on its way out.',
    cause: 'Somebody deleted it; objects with finalizers may hold it for long.',
    remedy: 'Wait until it is gone, or use another namespace.',
  },
  'apply-forbidden': {
    title: 'You may not write this object',
    meaning: 'The API server knows you, and no Role allows the verb that the message names.',
    cause: 'The account has fewer permissions than a deployment needs.',
    remedy: 'Have an admin apply what check --print-rbac prints.',
  },
  'admission-pod-security': {
    title: 'The Pod Security level is too strict',
    meaning: 'The namespace enforces a Pod Security level that the pods do not meet.',
    cause: 'Namespaces for other uses are often set to restricted.',
    remedy: 'Use a namespace with the level baseline.',
  },
  'admission-policy': {
    title: 'A policy of the cluster refuses the object',
    meaning: 'A policy engine such as Kyverno or Gatekeeper, or an admission policy, said no.',
    cause: 'Rules of whoever runs the cluster; the message has their words.',
    remedy: 'Change what the policy names, or ask for an exception.',
  },
  'admission-unknown-field': {
    title: 'A field that the kind does not have',
    meaning:
      'The object has a field that the API server does not know; without strict checking it would be dropped in silence.',
    cause: 'A spelling mistake, or manifests for another release of the operator.',
    remedy: 'Correct the field, or render the manifests for the release of the operator that runs.',
  },
  'admission-wrong-type': {
    title: 'A value of the wrong type',
    meaning: 'A text stands where a number belongs, or a number where a text belongs.',
    cause: 'Missing or superfluous quotes in a manifest that was edited.',
    remedy: 'Write the value as the message says.',
  },
  'admission-duplicate': {
    title: 'An entry that is listed twice',
    meaning: 'A list whose entries have names holds one name twice.',
    cause: 'Lists were put together, often of environment variables.',
    remedy: 'Keep one of them.',
  },
  'admission-name-length': {
    title: 'The operator finds the name too long',
    meaning:
      'Operators 1.0 and 1.1 allow 45 characters for the name of the deployment and of a component together.',
    cause: 'The operator makes names of pods from both.',
    remedy: 'Choose a shorter name with --name.',
  },
  'admission-name': {
    title: 'A name that Kubernetes refuses',
    meaning: 'A name or a label made from it has a sign that is not allowed, or too many.',
    cause: 'Names are lower-case letters, digits and dashes; labels have at most 63 characters.',
    remedy: 'Choose another name with --name.',
  },
  'admission-topology': {
    title: 'The components of a deployment cannot change',
    meaning: 'From Dynamo 0.9.1 on a live deployment keeps its components: aggregated stays aggregated.',
    cause: 'A deployment of that name runs in another mode.',
    remedy: 'Remove it first, or deploy under another name.',
  },
  'admission-framework': {
    title: 'The framework of a deployment cannot change',
    meaning: 'The deployment exists with another backendFramework or without one.',
    cause: 'It was made by somebody else, or for another engine.',
    remedy: 'Remove it first, or deploy under another name.',
  },
  'admission-image-version': {
    title: 'The operator wants to know the release of the image',
    meaning: 'From 1.4 on the tag of an image must be a version, or the release must be stated beside it.',
    cause: 'The tag is a word such as latest, or the image is named by digest.',
    remedy: 'Use a tag that is a version, or say the release with --release.',
  },
  'admission-shared-memory': {
    title: 'Shared memory without a size',
    meaning: 'The operator refuses a component that sets shared memory and says no size.',
    cause: 'An edited manifest, or sharedMemory disabled on an operator 1.1.',
    remedy: 'Give a size with --shared-memory.',
  },
  'admission-scaling-adapter': {
    title: 'A scaling adapter owns the replicas',
    meaning: 'With a scaling adapter the replicas of a component are set there and nowhere else.',
    cause: 'Scaling was switched on for the component.',
    remedy: 'Change the replicas of the adapter.',
  },
  'admission-quantity': {
    title: 'An amount that Kubernetes cannot read',
    meaning: 'A size or count is no Kubernetes quantity.',
    cause: 'Words, blanks or units such as GB.',
    remedy: 'Write a number and a unit, such as 100Gi.',
  },
  'admission-claim': {
    title: 'An existing claim cannot become what was asked for',
    meaning:
      'A claim may only grow, and only when its storage class lets it; access mode and class are fixed.',
    cause: 'A claim of that name is there already.',
    remedy: 'Use it as it is, or take another one with --model-cache claim:NAME.',
  },
  'admission-immutable': {
    title: 'Something that cannot change on a live object',
    meaning: 'Kubernetes fixes some fields when an object is created, such as the pods of a Job.',
    cause: 'An object of that name exists with other content.',
    remedy: 'Delete it and try again, or use another name.',
  },
  'admission-denied': {
    title: 'The operator refuses the deployment',
    meaning: "The Dynamo operator's webhook said no, for a reason that this program does not know.",
    cause: 'The message has its words.',
    remedy: 'Change what it names.',
  },
  'admission-refused': {
    title: 'The API server refuses an object',
    meaning: 'An object was refused for a reason that this program does not know.',
    cause: "The message has the API server's words.",
    remedy: 'Change what it names.',
  },
} as const satisfies Catalogue;
