/** Every verb of a component: name, help line, what it takes. Data for help, the list, completion and dispatch. */

import type { RunFlagName } from './flags.ts';

export type Verb = {
  readonly name: string;
  readonly summary: string;
  /** As commander writes it; empty when it takes none. */
  readonly argument: string;
  readonly flags: readonly RunFlagName[];
  /** Whether the settings of the component are flags of this verb; a list names those that are. */
  readonly settings: boolean | readonly string[];
  /** Settings that are no flags of it, although all others are. */
  readonly without?: readonly string[];
  /** Formats that `-o` takes, the first is the default. */
  readonly formats: readonly string[];
  readonly examples: readonly string[];
  /** Exit codes of its own, in words. */
  readonly ends?: string;
};

/** Flags of every verb that makes manifests from settings. */
const drafting = [
  'answers',
  'saveAnswers',
  'config',
  'snapshot',
  'prices',
  'offline',
  'output',
  'quiet',
  'verbose',
  'noColor',
] as const satisfies readonly RunFlagName[];

/** Flags of every verb that talks to a cluster. */
const reaching = ['kubeconfig', 'context', 'requestTimeout'] as const satisfies readonly RunFlagName[];

export const verbs = [
  {
    name: 'install',
    summary: 'ask, plan, render; then deploy, review or save',
    argument: '',
    flags: ['yes', 'timeout', 'takeOver', 'replace', 'outputDir', ...reaching, ...drafting],
    settings: true,
    formats: ['text', 'json'],
    ends: '1 not serving',
    examples: [
      'install',
      'install --model Qwen/Qwen3-0.6B --yes',
      'install --model Qwen/Qwen3-0.6B --yes --action save',
      'install --answers answers.yaml --yes --action save',
    ],
  },
  {
    name: 'render',
    summary: 'print the manifests; never asks, needs no cluster',
    argument: '',
    flags: drafting,
    settings: true,
    formats: ['text', 'json', 'yaml'],
    examples: [
      'render --model Qwen/Qwen3-0.6B',
      'render --mode disaggregated --kv-router --release 1.6.1 > manifests.yaml',
    ],
  },
  {
    name: 'check',
    summary: 'every check before a deployment, alone; changes nothing',
    argument: '',
    flags: ['printRbac', 'saveSnapshot', ...reaching, 'answers', 'config', 'offline', 'output', 'noColor'],
    settings: true,
    formats: ['text', 'json', 'junit'],
    examples: [
      'check --model Qwen/Qwen3-0.6B',
      'check --print-rbac > rbac.yaml',
      'check -o junit > checks.xml',
    ],
  },
  {
    name: 'review',
    summary: 'saved manifests: explain, check, compare with live, then choose',
    argument: '[DIR|FILE|NAME]',
    flags: [
      'nonInteractive',
      'timeout',
      'takeOver',
      'replace',
      'outputDir',
      ...reaching,
      'offline',
      'output',
      'noColor',
    ],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '1 not serving',
    examples: [
      'review',
      'review manifests/dynamo-system/qwen3-30b',
      'review my-deployment.yaml --non-interactive -o json',
    ],
  },
  {
    name: 'diff',
    summary: 'what applying would change, and what changed since',
    argument: '[DIR|FILE|NAME]',
    flags: ['outputDir', ...reaching, 'config', 'output', 'quiet', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '2 differences',
    examples: ['diff qwen3-30b', 'diff manifests/dynamo-system/qwen3-30b', 'diff my-deployment.yaml -o json'],
  },
  {
    name: 'apply',
    summary: 'apply saved or foreign manifests, wait, verify',
    argument: '[DIR|FILE]',
    flags: [
      'yes',
      'timeout',
      'takeOver',
      'replace',
      'outputDir',
      ...reaching,
      'config',
      'output',
      'quiet',
      'noColor',
    ],
    settings: ['namespace', 'skipCheck'],
    formats: ['text', 'json'],
    ends: '1 not serving',
    examples: ['apply manifests/dynamo-system/qwen3-30b', 'apply my-deployment.yaml --yes -o json'],
  },
  {
    name: 'list',
    summary: 'deployments in all namespaces, or in one with -n',
    argument: '',
    flags: [...reaching, 'config', 'output', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'wide', 'json', 'yaml'],
    examples: ['list', 'list -n dynamo-system -o wide', 'list -o json'],
  },
  {
    name: 'status',
    summary: 'one deployment on one screen; exit 0 when it is healthy',
    argument: '[NAME]',
    flags: ['watch', ...reaching, 'config', 'output', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'wide', 'json', 'yaml'],
    ends: '1 not healthy',
    examples: ['status', 'status qwen3-30b --watch', 'status qwen3-30b -n dynamo-system -o json'],
  },
  {
    name: 'scale',
    summary: 'more or fewer pods of a role; restarts none',
    argument: '[NAME]',
    flags: [
      'yes',
      'rollbackOnFailure',
      'timeout',
      'takeOver',
      ...reaching,
      'config',
      'output',
      'quiet',
      'noColor',
    ],
    settings: ['namespace', 'replicas', 'prefillReplicas', 'decodeReplicas', 'skipCheck'],
    formats: ['text', 'json'],
    ends: '1 not serving',
    examples: [
      'scale qwen3-30b --replicas 2',
      'scale qwen3-30b --prefill-replicas 1 --decode-replicas 3 --yes',
    ],
  },
  {
    name: 'edit',
    summary: 'change settings or the release; shows first what that does',
    argument: '[NAME]',
    flags: [
      'yes',
      'rollbackOnFailure',
      'timeout',
      'takeOver',
      'replace',
      ...reaching,
      'config',
      'output',
      'quiet',
      'noColor',
    ],
    settings: true,
    without: ['action', 'overwrite'],
    formats: ['text', 'json'],
    ends: '1 not serving',
    examples: [
      'edit',
      'edit qwen3-30b --release 1.6.1 --rollback-on-failure',
      'edit qwen3-30b --vllm-args "--max-model-len 8192" --yes',
    ],
  },
  {
    name: 'uninstall',
    summary: 'remove a deployment, wait until it is gone; keeps the model cache',
    argument: '[NAME]',
    flags: [
      'yes',
      'dryRun',
      'deleteModelCache',
      'deleteTokenSecret',
      'timeout',
      ...reaching,
      'config',
      'output',
      'quiet',
      'noColor',
    ],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '1 something is left',
    examples: [
      'uninstall qwen3-30b --dry-run',
      'uninstall qwen3-30b -n dynamo-system --yes',
      'uninstall qwen3-30b --delete-model-cache',
    ],
  },
  {
    name: 'verify',
    summary: 'prove that a deployment serves: real answers by port-forward',
    argument: '[NAME]',
    flags: [...reaching, 'timeout', 'config', 'output', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'json', 'junit'],
    ends: '1 not serving',
    examples: [
      'verify',
      'verify qwen3-30b --namespace dynamo-system',
      'verify qwen3-30b -o junit > verify.xml',
    ],
  },
  {
    name: 'logs',
    summary: 'the logs of all pods of a deployment, marked with role and pod',
    argument: '[NAME]',
    flags: [
      'role',
      'follow',
      'previous',
      'since',
      'tail',
      'timestamps',
      ...reaching,
      'config',
      'output',
      'quiet',
      'noColor',
    ],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '1 no logs',
    examples: ['logs', 'logs qwen3-30b --role prefill --follow', 'logs qwen3-30b --previous --tail all'],
  },
  {
    name: 'diagnose',
    summary: 'why a deployment does not work: causes, evidence, remedies',
    argument: '[NAME]',
    flags: ['bundle', ...reaching, 'config', 'output', 'quiet', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '1 something is wrong',
    examples: ['diagnose', 'diagnose qwen3-30b -o json', 'diagnose qwen3-30b --bundle qwen3-30b.tar.gz'],
  },
  {
    name: 'endpoint',
    summary: 'addresses and snippets for clients; --listen opens a way in',
    argument: '[NAME]',
    flags: ['listen', 'port', 'address', ...reaching, 'config', 'output', 'quiet', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'json'],
    examples: ['endpoint', 'endpoint qwen3-30b --listen --port 8000', 'endpoint qwen3-30b -o json'],
  },
  {
    name: 'chat',
    summary: 'talk to a deployment at the terminal, or ask it once with -p',
    argument: '[NAME]',
    flags: ['prompt', 'system', 'maxTokens', ...reaching, 'config', 'output', 'verbose', 'quiet', 'noColor'],
    settings: ['namespace'],
    formats: ['text', 'json'],
    ends: '1 no answer',
    examples: ['chat', 'chat qwen3-30b -p "Say hello."', 'git diff | chat qwen3-30b -p "Review this."'],
  },
  {
    name: 'fit',
    summary: 'model x GPU: fits, tight or does not fit, with the sum shown',
    argument: '[cluster]',
    flags: [
      'gpu',
      'gpuCount',
      'gpuMemoryGib',
      'gpuCapability',
      'modelConfig',
      'weightsGib',
      'nodes',
      'prices',
      'snapshot',
      ...reaching,
      'offline',
      'answers',
      'config',
      'output',
      'noColor',
    ],
    settings: [
      'model',
      'modelRevision',
      'tensorParallelSize',
      'pipelineParallelSize',
      'expertParallel',
      'vllmArgs',
      'env',
      'release',
      'skipCheck',
    ],
    formats: ['text', 'json'],
    ends: '1 does not fit',
    examples: [
      'fit --model Qwen/Qwen3-32B',
      'fit --model Qwen/Qwen3-32B --gpu L40S --tensor-parallel-size 4',
      'fit cluster --model Qwen/Qwen3-32B',
      'fit --model Qwen/Qwen3-32B --nodes nodes.json',
      'fit --model-config config.json --weights-gib 60 --gpu-memory-gib 79.1 --gpu-capability 9.0',
    ],
  },
] as const satisfies readonly Verb[];

/** Verbs that stand before any component. */
export const topVerbs = [
  { name: 'list', usage: 'list', summary: 'every category, component and verb' },
  { name: 'config', usage: 'config', summary: 'every setting, its value and the layer it came from' },
  { name: 'explain', usage: 'explain [CODE]', summary: 'meaning, cause and remedy of a finding' },
  {
    name: 'completion',
    usage: 'completion SHELL',
    summary: 'script for bash, zsh or fish that completes with Tab',
  },
] as const;

type TopName = (typeof topVerbs)[number]['name'];

const topParts: Readonly<Record<TopName, Pick<Verb, 'argument' | 'flags' | 'settings' | 'examples'>>> = {
  list: { argument: '', flags: ['noColor'], settings: false, examples: [] },
  config: { argument: '', flags: ['answers', 'config', 'output', 'noColor'], settings: true, examples: [] },
  explain: { argument: '[CODE]', flags: ['output', 'noColor'], settings: false, examples: [] },
  completion: {
    argument: '[SHELL]',
    flags: [],
    settings: false,
    examples: ['completion bash', 'completion zsh > ~/.zfunc/_dynamo_installer', 'completion fish | source'],
  },
};

/** A verb that stands before any component, with what it takes. */
export const topShape = (name: TopName): Verb => ({
  name,
  summary: topVerbs.find(verb => verb.name === name)?.summary ?? '',
  formats: ['text', 'json'],
  ...topParts[name],
});
