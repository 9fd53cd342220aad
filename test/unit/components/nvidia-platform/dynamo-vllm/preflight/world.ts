/** A healthy EKS cluster with the Dynamo platform, as a survey would describe it, and the checks of a deployment to it. */

import { preflight } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/preflight/preflight.ts';
import { type CheckResult, findingsOf } from '../../../../../../src/core/check.ts';
import type {
  AccessRule,
  ClaimFact,
  ClusterFacts,
  ObjectFact,
  OperatorFact,
  Reading,
  ServedKind,
  StorageClassFact,
} from '../../../../../../src/core/cluster-facts.ts';
import type { Draft } from '../../../../../../src/core/component.ts';
import type { Finding } from '../../../../../../src/core/finding.ts';
import type { HubFacts } from '../../../../../../src/core/hub-facts.ts';
import type { KubernetesObject } from '../../../../../../src/core/manifest.ts';
import type { PreflightInput } from '../../../../../../src/core/preflight.ts';
import type { Value } from '../../../../../../src/core/schema.ts';
import { draftFrom } from '../../../../../kit/draft.ts';
import { nodes } from './machines.ts';

export const read = <T>(value: T): Reading<T> => ({ kind: 'read', value });
export const forbidden: Reading<never> = { kind: 'forbidden', message: 'forbidden for ml-engineer.' };

export const operator = (release: string, change: Partial<OperatorFact> = {}): OperatorFact => ({
  namespace: 'dynamo-system',
  name: 'dynamo-platform-dynamo-operator-controller-manager',
  labels: { 'app.kubernetes.io/version': release, 'helm.sh/chart': `dynamo-operator-${release}` },
  replicas: 1,
  available: 1,
  image: `nvcr.io/nvidia/ai-dynamo/kubernetes-operator:${release}`,
  args: ['--leader-elect'],
  ...change,
});

export const graphKind = (version: string): ServedKind => ({
  group: 'nvidia.com',
  version,
  kind: 'DynamoGraphDeployment',
  plural: 'dynamographdeployments',
  namespaced: true,
});

export const gp3: StorageClassFact = {
  name: 'gp3',
  provisioner: 'ebs.csi.aws.com',
  isDefault: true,
  bindingMode: 'WaitForFirstConsumer',
  expandable: true,
};
export const efs: StorageClassFact = {
  name: 'efs-sc',
  provisioner: 'efs.csi.aws.com',
  isDefault: false,
  bindingMode: 'Immediate',
  expandable: false,
};

export const object = (name: string, change: Partial<ObjectFact> = {}): ObjectFact => ({
  name,
  labels: {},
  annotations: {},
  managers: [],
  deleting: false,
  ...change,
});

export const claim = (name: string, change: Partial<ClaimFact> = {}): ClaimFact => ({
  name,
  accessModes: ['ReadWriteMany'],
  storageClass: 'efs-sc',
  phase: 'Bound',
  size: '500Gi',
  capacity: '500Gi',
  volume: 'pvc-1',
  labels: {},
  ...change,
});

const everything: readonly AccessRule[] = [{ verbs: ['*'], groups: ['*'], resources: ['*'], names: [] }];

/** The cluster of most tests: two system nodes and the given GPU nodes. */
export const cluster = (change: Partial<ClusterFacts> = {}): ClusterFacts => ({
  target: {
    context: 'arn:aws:eks:us-west-2:111122223333:cluster/genai',
    cluster: 'genai',
    server: 'https://0A1B.gr7.us-west-2.eks.amazonaws.com',
    user: 'admin',
    otherContexts: [],
    files: ['/home/user/.kube/config'],
  },
  namespace: 'dynamo-system',
  version: read('v1.33.5-eks-3abbec1'),
  namespaceState: read('active'),
  served: read([graphKind('v1alpha1')]),
  crd: read({ name: 'dynamographdeployments.nvidia.com', annotations: {} }),
  crdShape: read(null),
  operators: read([operator('0.9.1')]),
  webhooks: read([{ name: 'vdynamographdeployment.kb.io', failurePolicy: 'Fail', service: null }]),
  nodes: read([...nodes('m6i.2xlarge', 2), ...nodes('p5.4xlarge', 2)]),
  use: read([]),
  quotas: read([]),
  limitRanges: read([]),
  storageClasses: read([gp3, efs]),
  claims: read([]),
  volumes: read([]),
  secrets: read([object('hf-token-secret')]),
  services: read([]),
  jobs: read([]),
  answers: read([]),
  graphs: read([]),
  nodePools: { kind: 'missing', message: 'karpenter.sh is not served.' },
  access: read({ rules: everything, incomplete: false }),
  ...change,
});

export const hub = (model: string, change: Partial<HubFacts> = {}): HubFacts => ({
  endpoint: 'https://huggingface.co',
  model,
  asked: 'main',
  verdict: 'found',
  message: '',
  id: model,
  revision: '0000000000000000000000000000000000a3b001',
  gated: false,
  withToken: true,
  account: null,
  weightsBytes: null,
  downloadBytes: null,
  remoteCode: false,
  chatTemplate: true,
  config: null,
  suggestions: [],
  ...change,
});

export type Told = {
  readonly draft: Draft;
  readonly results: readonly CheckResult[];
  /** Those of the plan and those of the checks. */
  readonly findings: readonly Finding[];
  readonly input: PreflightInput;
};

type Answers = Readonly<Record<string, Value>>;

export const defaultModel = 'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8';

/** Everything that `install --yes` with these answers would say before it applies. */
export const tell = (
  answers: Answers,
  facts: ClusterFacts = cluster(),
  said: HubFacts | null = hub(String(answers['model'] ?? defaultModel)),
  change: Partial<PreflightInput> = {},
): Told => {
  const draft = draftFrom({ name: 'qwen3-30b', ...answers }, preflight.facts(facts, said, true), 'flag');
  const input: PreflightInput = {
    name: String(draft.settings['name']),
    namespace: facts.namespace,
    objects: draft.manifests.map(manifest => manifest.object),
    settings: draft.settings,
    cluster: facts,
    hub: said,
    token: true,
    unattended: true,
    ...change,
  };
  const results = preflight.checks(input);
  return { draft, results, input, findings: [...draft.findings, ...findingsOf(results)] };
};

/** The same for manifests from elsewhere. */
export const tellObjects = (
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
  name: string,
  said: HubFacts | null = null,
): Told => {
  const told = tell({ name }, facts, said, { objects, settings: null, name });
  return { ...told, findings: findingsOf(told.results) };
};

/** Messages and hints of the findings of a level, as a user reads them. */
export const textOf = ({ findings }: Pick<Told, 'findings'>, level: Finding['level'] = 'error'): string =>
  findings
    .filter(found => found.level === level)
    .map(({ message, hint }) => `${message}\n${hint}`)
    .join('\n');

export const codesOf = ({ results }: Told, outcome: CheckResult['outcome']): string[] =>
  results.filter(result => result.outcome === outcome).map(({ code }) => code);
