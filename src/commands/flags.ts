/** Flags that describe a run and not a deployment, by verb; the settings' flags come from the component's table. */

export type RunFlag = {
  /** As commander writes it. */
  readonly flags: string;
  readonly summary: string;
};

export const runFlags = {
  answers: { flags: '--answers <FILE>', summary: 'take answers from a YAML or JSON file' },
  saveAnswers: {
    flags: '--save-answers <FILE>',
    summary: 'write all settings to a file that --answers takes',
  },
  outputDir: { flags: '--output-dir <DIR>', summary: 'folder for saved manifests (default: ./manifests)' },
  yes: { flags: '-y, --yes', summary: 'take every default and confirm' },
  nonInteractive: { flags: '--non-interactive', summary: 'never ask' },
  config: { flags: '--config <FILE>', summary: 'use this file instead of config.json' },
  snapshot: { flags: '--snapshot <FILE>', summary: 'facts about a cluster, saved earlier' },
  offline: { flags: '--offline', summary: 'open no connection' },
  kubeconfig: { flags: '--kubeconfig <FILE>', summary: 'kubeconfig to use (default: as kubectl)' },
  context: { flags: '--context <NAME>', summary: 'context of the kubeconfig (default: the current one)' },
  requestTimeout: {
    flags: '--request-timeout <TIME>',
    summary: 'longest time for one request to the cluster (default: 10s)',
  },
  timeout: {
    flags: '--timeout <TIME>',
    summary: "longest time to wait (default: by the model's size; verify 2m, uninstall 5m)",
  },
  takeOver: { flags: '--take-over', summary: 'take fields that another manager owns' },
  replace: { flags: '--replace', summary: 'delete and create anew what cannot be changed in place' },
  rollbackOnFailure: {
    flags: '--rollback-on-failure',
    summary: 'return to the former settings when it does not come up',
  },
  saveSnapshot: { flags: '--save-snapshot <FILE>', summary: 'write the facts about the cluster to a file' },
  printRbac: { flags: '--print-rbac', summary: 'print the Role and ClusterRole that are needed' },
  dryRun: { flags: '--dry-run', summary: 'show what would be done, and change nothing' },
  deleteModelCache: {
    flags: '--delete-model-cache',
    summary: "remove the model cache claim too, unless others' pods use it",
  },
  deleteTokenSecret: {
    flags: '--delete-token-secret',
    summary: "remove this program's token Secret too, unless others use it",
  },
  watch: {
    flags: '-w, --watch',
    summary: 'stay and show changes as they happen, until Ctrl-C; the exit code is that of the last state',
  },
  output: { flags: '-o, --output <FORMAT>', summary: 'how the data is printed' },
  quiet: { flags: '-q, --quiet', summary: 'no talk, only errors' },
  verbose: { flags: '-v, --verbose', summary: 'say where each setting came from' },
  noColor: { flags: '--no-color', summary: 'no colour' },
  gpu: { flags: '--gpu <NAME>', summary: 'GPU by name, product label or machine type' },
  gpuCount: { flags: '--gpu-count <N>', summary: 'GPUs of one node' },
  gpuMemoryGib: { flags: '--gpu-memory-gib <X>', summary: 'GPU memory as CUDA shows it, for any GPU' },
  gpuCapability: { flags: '--gpu-capability <X.Y>', summary: 'compute capability, for any GPU' },
  modelConfig: {
    flags: '--model-config <FILE>',
    summary: "the model's config.json or its folder, for any model",
  },
  weightsGib: {
    flags: '--weights-gib <N>',
    summary: 'size of the whole checkpoint as stored, before quantisation at load time',
  },
  nodes: { flags: '--nodes <FILE>', summary: 'GPUs of these nodes, from kubectl get nodes -o json or yaml' },
  prices: {
    flags: '--prices <FILE>',
    summary: 'JSON with prices an hour, by instance type or by GPU: {"p5.48xlarge": 55.04, "L40S": 1.86}',
  },
  role: { flags: '--role <NAME>', summary: 'only pods of this role, such as frontend, prefill or decode' },
  follow: { flags: '-f, --follow', summary: 'go on with what is printed from now on, until Ctrl-C' },
  previous: { flags: '--previous', summary: 'of the containers that ran before the present ones' },
  since: { flags: '--since <TIME>', summary: 'only what was printed in this last time, such as 10m' },
  tail: {
    flags: '--tail <N>',
    summary: 'last lines of each container, or all (default: 200; all with --since)',
  },
  timestamps: { flags: '--timestamps', summary: 'show when each line was printed' },
  listen: { flags: '--listen', summary: 'keep a way to it open on this machine, until Ctrl-C' },
  port: { flags: '--port <N>', summary: 'port to listen on (default: a free one)' },
  address: { flags: '--address <A>', summary: 'address to listen on (default: 127.0.0.1)' },
  prompt: {
    flags: '-p, --prompt <TEXT>',
    summary: 'ask this, print the answer and end; what is piped in follows it',
  },
  system: { flags: '--system <TEXT>', summary: 'an instruction that stands before the conversation' },
  maxTokens: { flags: '--max-tokens <N>', summary: 'most tokens of an answer' },
  bundle: {
    flags: '--bundle <FILE>',
    summary: 'write everything that helps others to see the cause to a .tar.gz, without secrets',
  },
} as const satisfies Record<string, RunFlag>;

export type RunFlagName = keyof typeof runFlags;

/** What was typed behind the run flags. */
export type RunOptions = {
  readonly answers?: string;
  readonly saveAnswers?: string;
  readonly outputDir?: string;
  readonly yes?: boolean;
  readonly nonInteractive?: boolean;
  readonly config?: string;
  readonly snapshot?: string;
  readonly offline?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly requestTimeout?: string;
  readonly timeout?: string;
  readonly takeOver?: boolean;
  readonly replace?: boolean;
  readonly rollbackOnFailure?: boolean;
  readonly saveSnapshot?: string;
  readonly printRbac?: boolean;
  readonly dryRun?: boolean;
  readonly deleteModelCache?: boolean;
  readonly deleteTokenSecret?: boolean;
  readonly watch?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly gpu?: string;
  /** Numbers are read by the verb that takes them. */
  readonly gpuCount?: string;
  readonly gpuMemoryGib?: string;
  readonly gpuCapability?: string;
  readonly modelConfig?: string;
  readonly weightsGib?: string;
  readonly nodes?: string;
  readonly prices?: string;
  readonly role?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly since?: string;
  readonly tail?: string;
  readonly timestamps?: boolean;
  readonly listen?: boolean;
  readonly port?: string;
  readonly address?: string;
  readonly prompt?: string;
  readonly system?: string;
  readonly maxTokens?: string;
  readonly bundle?: string;
};
