/** What people see, and the findings that can be behind it; the pages of the findings say more. */

export type Symptom = {
  readonly symptom: string;
  /** Where to look, with a command. */
  readonly look: string;
  readonly codes: readonly string[];
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const symptoms: readonly Symptom[] = [
  {
    symptom: 'Settings, answers or files are refused, and no cluster was asked',
    look: '`./cli config` prints each setting and where it came from; `./cli nvidia-platform dynamo-vllm render` says the same offline.',
    codes: words(`
      setting-wrong-value setting-not-applicable setting-unknown-variable config-unreadable config-unknown-key
      config-wrong-value answers-unreadable answers-unknown-key answers-wrong-value answers-of-other-version
      skip-unknown args-unbalanced-quote args-positional args-unknown-flag args-wrong-spelling args-wrong-value
      args-repeated args-contradiction args-exits args-deprecated args-unchecked args-connector-default
      connector-flag-gone remote-code chat-template model-spelling shell-command env-duplicate env-reserved env-secret
      name-too-long manifest-name quantity-unreadable kvbm-no-tier kvbm-unsupported parallelism-too-large
      worker-without-gpu prefill-without-transfer release-unsupported release-unknown release-skew release-post
      release-from-operator image-version-stated router-scoring-deprecated template-broken
    `),
  },
  {
    symptom: 'A saved folder or a manifest is refused, or compared with surprise',
    look: '`./cli nvidia-platform dynamo-vllm review FOLDER` explains it; `diff FOLDER` names each field that differs from what runs.',
    codes: words(`
      manifest-unreadable manifest-schema manifest-unknown-field manifest-not-checked no-deployment no-components
      several-deployments labels-added labels-of-others diff-unreadable diff-without-dry-run apply-namespace-missing
    `),
  },
  {
    symptom: 'It is said not to fit, or not to be known',
    look: '`./cli nvidia-platform dynamo-vllm fit --model ID --gpu NAME` shows the sum; `fit cluster` takes the nodes of the cluster.',
    codes: words(`
      fit-too-large fit-tight fit-checkpoint-cache fit-thin-margin fit-gpus-busy fit-gpu-shared fit-gpu-slices fit-no-gpu-nodes
      fit-host-too-small fit-old-driver fit-illegal-heads fit-illegal-group fit-illegal-experts fit-uneven-experts
      fit-illegal-fp8-block fit-fp8-block-refined fit-illegal-method fit-illegal-quantization fit-illegal-dtype fit-illegal-architecture
      fit-illegal-pipeline fit-illegal-gpus fit-illegal-context fit-illegal-context-parallel fit-illegal-block-size
      fit-illegal-utilization fit-unknown fit-unknown-model fit-unknown-architecture fit-unknown-gpu
      fit-unknown-price fit-config-unreadable fit-file-unreadable fit-draft-not-counted gpu-types gpu-shared gpu-pinned driver
    `),
  },
  {
    symptom: 'The command ends before it asks the cluster anything',
    look: 'Run `./cli nvidia-platform dynamo-vllm check`; `kubectl get nodes` with the same `--context` tells whether kubectl fares better.',
    codes: words(`
      cluster-no-config cluster-credentials cluster-unreachable cluster-unauthorized cluster-forbidden
      cluster-throttled cluster-server cluster-not-found cluster-gone cluster-conflict cluster-invalid server-version
    `),
  },
  {
    symptom: 'Refused although the cluster answers',
    look: 'The message quotes the API server or the admission webhook; nothing was applied.',
    codes: words(`
      permissions apply-forbidden admission-webhook-down admission-quota admission-limit-range
      admission-namespace-terminating admission-pod-security admission-policy admission-unknown-field
      admission-wrong-type admission-duplicate admission-name-length admission-name admission-topology
      admission-framework admission-image-version admission-shared-memory admission-scaling-adapter
      admission-quantity admission-claim admission-immutable admission-denied admission-refused
      permissions-reading dynamo-crd api-version namespace limit-range
      kind-not-served apply-foreign apply-conflict needs-replacement name-taken other-model object-taken
    `),
  },
  {
    symptom: 'The deployment has no pods',
    look: '`kubectl get dynamographdeployment NAME -n NAMESPACE -o yaml` shows whether it has a status at all.',
    codes: words(`
      graph-unattended operator operator-health operator-namespace graph-failed graph-not-built
      graph-not-observed graph-deleted graph-gone pod-not-created pod-quota pod-security pod-admission
      pod-limit-range pod-service-account pod-invalid
    `),
  },
  {
    symptom: 'Pods stay Pending',
    look: '`kubectl describe pod POD -n NAMESPACE` ends with the scheduler\'s reason.',
    codes: words(`
      schedule-gpu schedule-taint schedule-resources schedule-labels schedule-volume schedule-none
      schedule-gated schedule-node-coming schedule-together gpu-placement gpu-taints gpu-nodes gpu-nodes-usable device-plugin
      claim-not-provisioned cache-claim cache-size cache-size-assumed cache-access-mode-assumed cache-one-node cache-grow
      job-placement storage-class storage-mode quota
    `),
  },
  {
    symptom: 'ErrImagePull, ImagePullBackOff, or pulling for very long',
    look: '`kubectl describe pod POD -n NAMESPACE` shows the registry\'s answer.',
    codes: words(`
      pull-not-found pull-refused pull-platform pull-node-disk-full pull-certificate pull-rate-limited
      pull-name-invalid pull-never pull-unreachable pull-failed pull-slow image-tag-post image-architecture
    `),
  },
  {
    symptom: 'ContainerCreating for very long, or CreateContainerConfigError',
    look: 'The pod\'s events name the volume or the Secret.',
    codes: words(`
      mount-two-nodes mount-missing mount-driver mount-refused mount-slow pod-configuration pod-runtime
      token-secret
    `),
  },
  {
    symptom: 'The download fails or does not end',
    look: '`kubectl logs job/NAME -n NAMESPACE` of the download Job.',
    codes: words(`
      download-token-invalid download-gated download-not-found download-revision download-rate-limited
      download-disk-full download-dns download-proxy download-unreachable download-not-writable
      download-killed download-failed download-retrying model-not-coming hub-model hub-access hub-revision
      hub-token
    `),
  },
  {
    symptom: 'CrashLoopBackOff, or the worker restarts again and again',
    look: '`kubectl logs POD -n NAMESPACE --previous` shows why the last start ended; the cause stands above the last lines.',
    codes: words(`
      start-gpu-memory start-kv-memory start-gpu-busy start-host-memory start-block-quantised
      start-not-divisible start-gpu-unfit start-architecture start-context-length start-too-few-gpus
      start-parallelism start-attention-backend start-unknown-argument start-bad-argument
      start-connector-flag start-remote-code start-model-missing start-model-broken start-tokenizer
      start-shared-memory start-driver-too-old start-no-gpu start-gpu-broken start-nccl start-nixl
      start-kvbm start-nats-etcd start-port-in-use start-service-links start-discovery-forbidden start-not-permitted
      start-disk-full start-module-missing start-command start-compile start-wrong-architecture
      start-probe-kill start-crash start-restarted
    `),
  },
  {
    symptom: 'Pods disappear or are replaced',
    look: '`kubectl get events -n NAMESPACE --sort-by .lastTimestamp`.',
    codes: words(`
      pod-evicted pod-rejected pod-node-lost kvbm-disk
    `),
  },
  {
    symptom: 'It takes longer than it should, and nothing is wrong',
    look: 'The wait shows the stage and the time spent in it.',
    codes: words(`
      wait-timed-out wait-unreadable wait-forbidden wait-silent not-ready-yet diagnose-unreadable status-unreadable pull-slow schedule-node-coming
      download-retrying
    `),
  },
  {
    symptom: 'Everything is Ready and no answer comes',
    look: '`./cli nvidia-platform dynamo-vllm verify NAME` asks the deployment itself, step by step.',
    codes: words(`
      frontend-unreachable frontend-guarded frontend-hub-unreachable served-under-other-name
      workers-in-other-namespace workers-not-registered worker-role-missing model-not-listed
      no-chat-template chat-fails chat-answer-wrong stream-fails kv-cache-full requests-fail probe-incomplete
    `),
  },
  {
    symptom: 'It answers, but slower than it could',
    look: '`./cli nvidia-platform dynamo-vllm verify NAME` proves routing and prefill by the metrics.',
    codes: words(`
      kv-router-not-event-driven router-weight-ignored prefill-not-used router-without-events
      requests-fail kv-cache-full
    `),
  },
  {
    symptom: 'A change does not come through, or was taken back',
    look: '`./cli nvidia-platform dynamo-vllm diff NAME` tells what runs and what was meant; `status NAME` shows which pods are old and which new.',
    codes: words(`
      update-deadlock needs-replacement apply-conflict rolled-back
    `),
  },
  {
    symptom: 'uninstall does not end, or leaves something',
    look: '`./cli nvidia-platform dynamo-vllm uninstall NAME --dry-run` shows what would go and what stays, and why.',
    codes: words(`
      uninstall-finalizer uninstall-pods uninstall-orphans uninstall-left uninstall-refused uninstall-forbidden
      uninstall-kept uninstall-not-ours
    `),
  },
];
