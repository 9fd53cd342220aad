/** What can be wrong with a plan as a whole: each rule a code and a function; all of them run. */

import type { Finding } from '../../../core/finding.ts';
import { argumentRules } from './argument-rules.ts';
import { wrongVariable } from './checks.ts';
import { dialectRules } from './dialect-rules.ts';
import { memoryOnNodes } from './fit/memory-rule.ts';
import { legality } from './fit/rule.ts';
import type { Plan } from './plan.ts';
import { jobSuffixLength } from './planning.ts';
import { finding, type Rule, type RuleInput } from './rule.ts';

/** Kubernetes' limit on a label's value, which these names become. */
const labelLimit = 63;
/** `-<longest component>-<8 hex>`: what the operator appends for a worker's child objects. */
const childSuffix = '-prefill-'.length + 8;

/** The longest deployment name that every object made from it can carry, and why. */
const nameBudget = (
  plan: Plan,
  limits: { nameLimit: number | null; combinedNameLimit: number | null },
): { max: number; why: string } => {
  const longest = Math.max(...plan.roles.map(role => role.component.length));
  const candidates = [
    {
      max: labelLimit - plan.namespace.length - 1,
      why: `Dynamo joins it to the namespace "${plan.namespace}" in a label of at most ${labelLimit} characters`,
    },
    {
      max: labelLimit - Math.max(jobSuffixLength, childSuffix),
      why: 'the download Job and the workers append to it',
    },
    ...(limits.nameLimit === null
      ? []
      : [
          {
            max: limits.nameLimit,
            why: `the operator ${plan.operatorRelease} appends 22 characters in a label`,
          },
        ]),
    ...(limits.combinedNameLimit === null
      ? []
      : [
          {
            max: limits.combinedNameLimit - longest,
            why: `the operator ${plan.operatorRelease} allows ${limits.combinedNameLimit} characters together with a component's name`,
          },
        ]),
  ];
  return candidates.reduce((least, candidate) => (candidate.max < least.max ? candidate : least));
};

const nameFits: Rule = ({ plan, dialect }) => {
  const { max, why } = nameBudget(plan, dialect.operator);
  if (plan.name.length <= max) return [];
  const shorter = plan.name.slice(0, Math.max(max, 1)).replace(/-+$/, '');
  const message = `The deployment name "${plan.name}" has ${plan.name.length} characters; at most ${max} are possible, because ${why}.`;
  const hint =
    max > 0 ? `Use a shorter one: --name ${shorter}` : 'Use a namespace with a shorter name: --namespace NS';
  return [finding('name-too-long', 'error', 'name', message, hint)];
};

/** Largest number of GPUs that one machine of today has. */
const gpusOfOneNode = 16;

const oneNode: Rule = ({ plan }) =>
  plan.roles.flatMap(({ parallelism, gpus, component }) => {
    if (parallelism === null || gpus <= gpusOfOneNode) return [];
    const sum = `TP ${parallelism.tensor} x PP ${parallelism.pipeline}${parallelism.data > 1 ? ` x DP ${parallelism.data}` : ''} = ${gpus} GPUs`;
    const message = `One ${component} needs ${sum} on one node; more than ${gpusOfOneNode} would need several nodes, which this program does not set up.`;
    return [
      finding(
        'parallelism-too-large',
        'error',
        'tensorParallelSize',
        message,
        'Lower the tensor or the pipeline parallel size.',
      ),
    ];
  });

const kvbmHasTier: Rule = ({ plan }) =>
  plan.kvbm !== null && plan.kvbm.cpuGb === 0 && plan.kvbm.diskGb === 0
    ? [
        finding(
          'kvbm-no-tier',
          'error',
          'kvbmDiskGb',
          'KVBM is on, but its CPU cache and its disk cache are both 0 GB.',
          'Give at least one: --kvbm-cpu-gb 20',
        ),
      ]
    : [];

const hint = 'Leave it out; the operator or another setting says it.';
const reserved =
  /^(DYN_NAMESPACE|DYN_COMPONENT|DYN_SYSTEM_PORT|DYN_SYSTEM_ENABLED|DYN_DISCOVERY_BACKEND|DYN_PARENT_DGD_.*|DYNAMO_PORT|DYN_HTTP_PORT|DYN_CONNECTOR|POD_(NAME|NAMESPACE|UID)|MODEL_(ID|DIR|REVISION))$/;
const secret = /(^|_)(TOKEN|PASSWORD|SECRET|API_KEY|ACCESS_KEY)$/;

const variableFinding = (key: 'env' | 'downloadEnv', pair: string): Finding[] => {
  if (wrongVariable(pair) !== undefined) return [];
  const name = pair.slice(0, pair.indexOf('='));
  if (reserved.test(name))
    return [
      finding(
        'env-reserved',
        'error',
        key,
        `${name} is set by Dynamo or by this program; a second value breaks the deployment.`,
        hint,
      ),
    ];
  if (!secret.test(name)) return [];
  const message = `${name} looks like a secret; a value in --${key === 'env' ? 'env' : 'download-env'} would stand in files, manifests and the process list.`;
  return [
    finding(
      'env-secret',
      'error',
      key,
      message,
      'Put it into a Secret; for the Hugging Face token: --hf-token-secret NAME',
    ),
  ];
};

const environment: Rule = ({ settings }) => [
  ...settings.env.flatMap(pair => variableFinding('env', pair)),
  ...settings.downloadEnv.flatMap(pair => variableFinding('downloadEnv', pair)),
];

/** A claim that only one node can mount holds the whole deployment there. Whether a node has room is for the checks before a deployment. */
const heldOnOneNode: Rule = ({ plan }) => {
  if (plan.cache?.accessMode !== 'ReadWriteOnce') return [];
  const { claim } = plan.cache;
  const { total } = plan.gpus;
  const level = total > gpusOfOneNode ? 'error' : 'info';
  const message = `With this cache all pods that mount the claim "${claim}" (ReadWriteOnce) are held on one node, and they need ${total} ${total === 1 ? 'GPU' : 'GPUs'} there.`;
  const remedy =
    'Use a storage class that can do ReadWriteMany (--storage-class SC), fewer replicas, or --model-cache none.';
  return [finding('cache-one-node', level, 'modelCache', message, level === 'error' ? remedy : '')];
};

const rules: readonly Rule[] = [
  nameFits,
  ...dialectRules,
  oneNode,
  legality,
  memoryOnNodes,
  kvbmHasTier,
  ...argumentRules,
  environment,
  heldOnOneNode,
];

export const checkPlan = (input: RuleInput): Finding[] => rules.flatMap(rule => rule(input));
