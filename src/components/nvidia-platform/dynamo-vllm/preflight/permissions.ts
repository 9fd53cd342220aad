/** Everything the program does with the API of a cluster, as permissions. */

import type { Permission } from '../../../../core/permission.ts';
import { graphGroup, graphPlural } from './survey.ts';

const inside = (
  group: string,
  resource: string,
  verbs: readonly string[],
  why: string,
  required = true,
): Permission => ({ group, resource, verbs, namespaced: true, required, why });

/** Read over the whole cluster: without it something is only not seen. */
const beyond = (group: string, resource: string, verbs: readonly string[], why: string): Permission => ({
  group,
  resource,
  verbs,
  namespaced: false,
  required: false,
  why,
});

const applied = ['get', 'create', 'patch'] as const;

const deployment: readonly Permission[] = [
  inside(graphGroup, graphPlural, [...applied, 'list', 'watch'], 'to create the deployment and follow it'),
  inside('batch', 'jobs', [...applied, 'list', 'watch'], 'to download the model'),
  inside('', 'persistentvolumeclaims', applied, 'to keep the model on a volume'),
  inside('', 'configmaps', applied, 'to keep the answers of the deployment'),
  inside('', 'secrets', ['create', 'patch'], 'to keep the Hugging Face token'),
  inside(
    'coordination.k8s.io',
    'leases',
    ['get', 'create', 'update', 'delete'],
    'to keep two people from deploying at once',
  ),
];

const looking: readonly Permission[] = [
  inside('', 'pods', ['get', 'list', 'watch'], 'to see the pods start'),
  inside('', 'pods/log', ['get'], 'to tell why a pod does not start'),
  inside('', 'events', ['get', 'list', 'watch'], 'to tell why a pod does not start'),
  inside('', 'services', ['get'], 'to find the endpoint'),
  inside('', 'pods/portforward', ['create'], 'to send the first request'),
];

const welcome: readonly Permission[] = [
  inside('', 'secrets', ['list'], 'to find the Hugging Face token by the name of its Secret', false),
  inside('', 'services', ['list'], 'to find names that are taken', false),
  inside('', 'persistentvolumeclaims', ['list'], 'to find an existing model cache', false),
  inside('', 'configmaps', ['list'], 'to find the answers of earlier deployments', false),
  inside('', 'pods/portforward', ['get'], 'to send the first request over a WebSocket', false),
  inside('monitoring.coreos.com', 'podmonitors', applied, 'to have the deployment monitored', false),
  inside('', 'resourcequotas', ['list'], 'to see what the namespace may use', false),
  inside('', 'limitranges', ['list'], 'to see what the namespace may use', false),
  inside('apps', 'deployments', ['get', 'list'], 'to tell what a rollout waits for', false),
  inside(
    'networking.k8s.io',
    'networkpolicies',
    ['list'],
    'to tell why the endpoint cannot be reached',
    false,
  ),
  inside(graphGroup, graphPlural, ['delete'], 'to uninstall', false),
  inside('batch', 'jobs', ['delete'], 'to uninstall', false),
  inside('', 'persistentvolumeclaims', ['delete'], 'to uninstall', false),
  inside('', 'configmaps', ['delete'], 'to uninstall', false),
  inside('', 'secrets', ['delete'], 'to uninstall', false),
  inside('monitoring.coreos.com', 'podmonitors', ['list', 'watch', 'delete'], 'to uninstall', false),
  inside(graphGroup, 'dynamocomponentdeployments', ['list', 'watch'], 'to uninstall', false),
];

/** Kinds of a group of which `verbs` serve one purpose, and which are only passed over without them. */
const each = (
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  why: string,
): Permission[] => resources.map(resource => inside(group, resource, verbs, why, false));

const toDiagnose = 'to tell in a bundle what belongs to the deployment';
const toUninstall = 'to find what was applied beside the deployment, and goes with it';

/**
 * The days after. What may be applied beside a deployment is read of every kind that uninstall knows; who applied such objects has the right
 * to delete them too. Values of Secrets are in none of these, and neither are the logs of other namespaces: a bundle lacks the operator's.
 */
const after: readonly Permission[] = [
  ...each(graphGroup, ['dynamographdeploymentscalingadapters'], ['list'], toDiagnose),
  ...each('grove.io', ['podcliquesets', 'podcliques'], ['list'], toDiagnose),
  ...each('leaderworkerset.x-k8s.io', ['leaderworkersets'], ['list'], toDiagnose),
  ...each('apps', ['replicasets', 'statefulsets'], ['list'], toDiagnose),
  ...each('discovery.k8s.io', ['endpointslices'], ['list'], toDiagnose),
  ...each('', ['serviceaccounts'], ['get', 'list'], toUninstall),
  ...each('', ['services', 'configmaps', 'persistentvolumeclaims'], ['watch'], 'to see it go'),
  ...each('apps', ['deployments'], ['watch'], 'to see it go'),
  ...each('monitoring.coreos.com', ['servicemonitors'], ['list'], toUninstall),
  ...each('batch', ['cronjobs'], ['list'], toUninstall),
  ...each('networking.k8s.io', ['ingresses'], ['list'], toUninstall),
  ...each('autoscaling', ['horizontalpodautoscalers'], ['list'], toUninstall),
  ...each('policy', ['poddisruptionbudgets'], ['list'], toUninstall),
  ...each('rbac.authorization.k8s.io', ['roles', 'rolebindings'], ['get', 'list'], toUninstall),
];

const reading: readonly Permission[] = [
  beyond('', 'nodes', ['list'], 'to see GPUs'),
  beyond('', 'pods', ['list'], 'to see which GPUs are in use'),
  beyond('', 'namespaces', ['get'], 'to see whether the namespace is there'),
  beyond('', 'persistentvolumes', ['get'], 'to see where a volume is'),
  beyond('storage.k8s.io', 'storageclasses', ['list'], 'to choose where the model is kept'),
  beyond('apiextensions.k8s.io', 'customresourcedefinitions', ['get'], "to see Dynamo's API"),
  beyond('apps', 'deployments', ['list'], 'to find the Dynamo operator'),
  beyond(
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    ['list'],
    "to find Dynamo's webhook",
  ),
  beyond('karpenter.sh', 'nodepools', ['list'], 'to see whether Karpenter can make GPU nodes'),
];

export const permissions: readonly Permission[] = [
  ...deployment,
  ...looking,
  ...welcome,
  ...after,
  ...reading,
];

/** Needed only where a Namespace is among the objects. */
export const createNamespace: Permission = {
  ...beyond('', 'namespaces', ['create', 'patch'], 'to create the namespace'),
  required: true,
};
