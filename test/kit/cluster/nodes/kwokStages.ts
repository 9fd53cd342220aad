/**
 * Owns what kwok does by itself: nodes keep their lease, pods of no interest are ready at once, deleted pods go.
 * Pods of a DynamoGraphDeployment and of Jobs are steered by the kit (../pods) and left alone here.
 */

type Expression = { key: string; operator: string; values?: string[] };
type Stage = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
};

const DEPLOYMENT_LABEL = '.metadata.labels["nvidia.com/dynamo-graph-deployment-name"]';

const READY_TEMPLATE = `
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
conditions:
{{ range list "Initialized" "ContainersReady" "Ready" }}
- { type: {{ . }}, status: "True", lastTransitionTime: {{ $now }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- { name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", ready: true, started: true, restartCount: 0, state: { running: { startedAt: {{ $now }} } } }
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
- { ip: {{ index . 0 | Quote }} }
{{ end }}
`;

/** The stages, for kwok's configuration file. */
export const kwokStages: readonly Stage[] = [
  stage('node-heartbeat', 'Node', [{ key: '.metadata.name', operator: 'Exists' }], {
    // kwok renews leases only for nodes that some stage speaks of; this one comes once in ten days.
    delay: { durationMilliseconds: 864_000_000 },
    next: { statusTemplate: 'phase: Running' },
  }),
  stage(
    'pod-ready',
    'Pod',
    [
      { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
      { key: '.status.phase', operator: 'In', values: ['Pending'] },
      { key: DEPLOYMENT_LABEL, operator: 'DoesNotExist' },
      {
        key: '.metadata.ownerReferences.[].kind',
        operator: 'NotIn',
        values: ['Job'],
      },
    ],
    { next: { statusTemplate: READY_TEMPLATE } },
  ),
  stage('pod-delete', 'Pod', [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }], {
    // A real container takes a moment to end; who waits for pods must really wait.
    delay: { durationMilliseconds: 300 },
    next: { delete: true },
  }),
];

function stage(
  name: string,
  kind: string,
  matchExpressions: Expression[],
  rest: Record<string, unknown>,
): Stage {
  const spec = {
    resourceRef: { apiGroup: 'v1', kind },
    selector: { matchExpressions },
    ...rest,
  };
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec,
  };
}
