/** Codes of findings that belong to no component: settings, answers files, config.json, saved folders, manifests. */

import { applyCatalogue } from './catalogue-apply.ts';
import { changeCatalogue } from './catalogue-change.ts';
import { manifestsCatalogue } from './catalogue-manifests.ts';
import { removalCatalogue } from './catalogue-removal.ts';
import { waitCatalogue } from './catalogue-wait.ts';
import type { Catalogue } from './finding.ts';

export const coreCatalogue = {
  'setting-not-applicable': {
    title: 'A setting that means nothing here',
    meaning:
      'A flag, a variable or an answers file sets something that only exists in another mode or with another feature.',
    cause:
      'For example --tensor-parallel-size with --mode disaggregated, where prefill and decode have a size each.',
    remedy: 'Use the settings that the message names, or switch the mode or the feature on.',
  },
  'setting-wrong-value': {
    title: 'A value that cannot be',
    meaning: 'A flag or a variable was given a value of the wrong kind or outside its range.',
    cause: 'A typing error, or a number that no cluster has.',
    remedy: 'Give a value as the message describes it; --help lists every flag with its values.',
  },
  'setting-unknown-variable': {
    title: 'An unknown variable',
    meaning: 'A variable beginning with DYNAMO_INSTALLER_ names no setting.',
    cause: 'A typing error in its name; without this finding it would be ignored in silence.',
    remedy: 'Use the name that the message proposes, or unset the variable.',
  },
  'answers-unknown-key': {
    title: 'An unknown key in an answers file',
    meaning: 'The answers file has a key that is no setting.',
    cause: 'A typing error, or a key of a newer version of this program.',
    remedy:
      'Use the key that the message proposes. Keys are the flags in camelCase: --kv-router is kvRouter.',
  },
  'answers-wrong-value': {
    title: 'A wrong value in an answers file',
    meaning: 'A value in the answers file is of the wrong kind or outside its range.',
    cause: 'Often a number or a switch in quotes: numbers are written as 2, switches as true or false.',
    remedy: 'Write the value as the message describes it.',
  },
  'answers-unreadable': {
    title: 'An answers file that is neither YAML nor JSON',
    meaning: 'The answers file cannot be read or parsed.',
    cause: 'It does not exist, may not be read, or has a syntax error at the place named.',
    remedy: 'Mend the line named, or write a new file with --save-answers FILE.',
  },
  'config-unknown-key': {
    title: 'An unknown key in config.json',
    meaning: 'config.json or config.local.json has a key that this program does not know.',
    cause: 'A typing error, or a key of another version.',
    remedy: 'Use the key that the message proposes; docs/config.schema.json lists them all.',
  },
  'config-wrong-value': {
    title: 'A wrong value in config.json',
    meaning: 'A value in config.json or config.local.json is of the wrong kind or outside its range.',
    cause: 'Often a number in quotes, or a text without quotes.',
    remedy: 'Write the value as the message describes it.',
  },
  'config-unreadable': {
    title: 'A config.json that is not JSON',
    meaning: 'config.json or config.local.json cannot be read or parsed.',
    cause: 'A missing comma or brace, a comment, or a file that may not be read.',
    remedy: 'Mend the line and column named.',
  },
  'manifest-unreadable': {
    title: 'A manifest that is not YAML',
    meaning: 'A file to review cannot be read or parsed, or holds something that is no Kubernetes object.',
    cause: 'A syntax error at the place named, or another kind of file.',
    remedy: 'Mend the line named.',
  },
  'manifest-schema': {
    title: 'A rendered object of the wrong shape',
    meaning: 'An object does not have the shape that this program writes for that release.',
    cause: 'An edited template or file.',
    remedy: 'Take the change back, or correct the field named.',
  },
  'manifest-unknown-field': {
    title: 'A field that is not expected',
    meaning: 'An object has a field that this program does not write.',
    cause: 'An edited template or file, or a typing error in a field; Kubernetes would refuse or drop it.',
    remedy: 'Take the change back, or correct the name of the field.',
  },
  'manifest-not-checked': {
    title: 'A field outside what is checked',
    meaning: 'A manifest from elsewhere uses a field or a value that this program does not write itself.',
    cause: 'Other authors use more of the API than this program does.',
    remedy: 'Nothing needs doing; the cluster has the last word on it.',
  },
  'skip-unknown': {
    title: 'A check that does not exist',
    meaning: '--skip-check names a code that no check has.',
    cause: 'A typing error.',
    remedy: './cli explain lists every code.',
  },
  'cluster-no-config': {
    title: 'No cluster to talk to',
    meaning: 'There is no kubeconfig, it cannot be read, or the context that was named is not in it.',
    cause:
      'KUBECONFIG or --kubeconfig names a file that does not exist, or nobody wrote one on this machine.',
    remedy:
      'Write a kubeconfig (on EKS: aws eks update-kubeconfig --name CLUSTER), or point KUBECONFIG or --kubeconfig at one and choose a context with --context.',
  },
  'cluster-credentials': {
    title: 'No credentials for the cluster',
    meaning: 'The program that the kubeconfig names for credentials failed, or its answer could not be used.',
    cause: 'Not logged in with the cloud, an expired session, or the program is not installed.',
    remedy: 'Log in again (on AWS: aws sso login), and try kubectl get nodes with the same context.',
  },
  'cluster-unreachable': {
    title: 'The API server does not answer',
    meaning: 'No connection to the API server of the context could be made, or it broke.',
    cause:
      'A private endpoint without VPN or bastion, a name that does not resolve, a proxy that refuses, a certificate that is not trusted, or a cluster that is gone.',
    remedy: 'Connect to the network of the cluster, or choose another context with --context.',
  },
  'cluster-unauthorized': {
    title: 'The API server does not know who asks',
    meaning: 'The credentials were sent and refused (401).',
    cause: 'They have expired, or the account is not mapped to a user of the cluster.',
    remedy: 'Log in again; on EKS an admin may have to add an access entry for the account.',
  },
  'cluster-forbidden': {
    title: 'Not allowed',
    meaning: 'The API server knows who asks and refuses the request (403).',
    cause: 'The account lacks a Role or a ClusterRole.',
    remedy: 'Ask an admin for the Role that check --print-rbac prints.',
  },
  'cluster-not-found': {
    title: 'Not there',
    meaning: 'The API server has no such object, or serves no such kind.',
    cause: 'Another namespace or context was meant, or the Dynamo platform is not installed there.',
    remedy: 'Look at --namespace and --context.',
  },
  'cluster-conflict': {
    title: 'Somebody else changed it',
    meaning: 'Another writer owns a field, or was faster.',
    cause: 'A GitOps controller or a colleague manages the same object.',
    remedy: 'Use another name, let the other manager do it, or take the fields with --take-over.',
  },
  'cluster-invalid': {
    title: 'The API server refused an object',
    meaning: 'An admission rule or the schema of the cluster does not accept it.',
    cause: 'A policy of the cluster, or a release of Dynamo that wants something else.',
    remedy: "Change what the message names; it is the API server's own.",
  },
  'cluster-gone': {
    title: 'Too old to go on from',
    meaning: 'The API server no longer has the version from which a list or a watch was to go on (410).',
    cause: 'A very busy cluster, or a long interruption.',
    remedy: 'Run the command again.',
  },
  'cluster-throttled': {
    title: 'The API server asks to slow down',
    meaning: 'It answered 429 again and again.',
    cause: 'It is overloaded, or the account has a small share of its capacity.',
    remedy: 'Try again later.',
  },
  'cluster-server': {
    title: 'The API server failed',
    meaning: 'It answered with an error of its own (5xx).',
    cause: 'It is starting, overloaded, or a webhook that it must ask is down.',
    remedy: 'Try again; when a webhook is named, look at the pods behind it.',
  },
  'needs-replacement': {
    title: 'Cannot be changed in place',
    meaning:
      'Dynamo does not let this be changed on a deployment that exists: it must be deleted and made anew.',
    cause: 'The mode, or with it the components, differ from what is running.',
    remedy:
      'Add --replace to delete it, wait until its pods are gone and create it anew; or deploy beside it with another --name.',
  },
  ...applyCatalogue,
  ...changeCatalogue,
  ...manifestsCatalogue,
  ...waitCatalogue,
  ...removalCatalogue,
} as const satisfies Catalogue;
