/** Tells why a deployment does not go away: a finalizer that nobody clears, pods that do not stop, objects that nobody collects. */

import type { OperatorFact } from '../../../../core/cluster-facts.ts';
import type { Remains, RemovalOutlook } from '../../../../core/deployed.ts';
import type { Finding } from '../../../../core/finding.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { listed } from '../../../../core/text.ts';
import { joinWords } from '../../../../core/words.ts';
import { restrictedTo } from '../preflight/operator.ts';
import { list, metadataOf, number, record, text } from '../wait/members.ts';
import { moment } from '../wait/moment.ts';

const operatorFinalizer = 'nvidia.com/finalizer';

/** An operator that runs clears its finalizer in a quarter of a second. */
const stuckMs = 4_000;
/** One that runs and does not may be busy with other deployments. */
const slowMs = 15_000;
/** The garbage collector of a large cluster takes its time. */
const orphanMs = 60_000;
/** Beyond the time that a pod asks for to stop. */
const podSlackMs = 15_000;
const usualGraceSeconds = 60;

const finalizersOf = (object: KubernetesObject): string[] =>
  list(metadataOf(object).finalizers).map(text).filter(Boolean);

const deletedAt = (object: KubernetesObject): number | null => moment(metadataOf(object).deletionTimestamp);

const named = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

const mostNamed = 5;
const some = (names: readonly string[]): string =>
  listed(
    names.length > mostNamed
      ? [...names.slice(0, mostNamed), `${names.length - mostNamed} more`]
      : [...names],
  );

/** The operator that answers for the namespace; undefined when there is none, null when that is not known. */
const caretaker = ({ operators, namespace }: Remains): OperatorFact | null | undefined => {
  if (operators === null) return null;
  const responsible = operators.filter(one => [null, namespace].includes(restrictedTo(one)));
  return responsible.find(({ available }) => available > 0) ?? responsible[0];
};

/** Everything that waits for a finalizer: the graph before its parts. */
const held = ({ graphs, children }: Remains): KubernetesObject[] =>
  [...graphs, ...children].filter(
    object => deletedAt(object) !== null && finalizersOf(object).some(name => name !== 'foregroundDeletion'),
  );

const resource = ({ kind, metadata }: KubernetesObject): string => `${kind.toLowerCase()}/${metadata.name}`;

const byHand = (objects: readonly KubernetesObject[], namespace: string): string => {
  const patch = '{"metadata":{"finalizers":null}}';
  const words = ['kubectl', '-n', namespace, 'patch', ...objects.map(resource), '--type=merge', '-p', patch];
  return `As a last resort remove the finalizer by hand, which frees nothing that only the operator would clean up: ${joinWords(words)}`;
};

const why = (operator: OperatorFact | null | undefined): { reason: string; remedy: string } => {
  if (operator === undefined)
    return {
      reason: 'is cleared only by the Dynamo operator, and there is none that watches this namespace',
      remedy: 'Reinstall the Dynamo operator (chart dynamo-platform) so that it clears the finalizer.',
    };
  if (operator === null)
    return {
      reason: 'is cleared only by the Dynamo operator, and whether one runs may not be read',
      remedy:
        'Ask an administrator whether the Dynamo operator runs; without one, reinstall the Dynamo operator.',
    };
  const { namespace, name, available, replicas } = operator;
  if (available === 0)
    return {
      reason: `is cleared only by the Dynamo operator, and ${namespace}/${name} has none of its ${replicas} pods available`,
      remedy: `Bring the operator back (kubectl -n ${namespace} describe deployment ${name} tells why it is away) or reinstall the Dynamo operator so that it clears the finalizer.`,
    };
  return {
    reason: `has not been cleared by the Dynamo operator ${namespace}/${name}, which runs`,
    remedy: `Look at what it says: kubectl -n ${namespace} logs deployment/${name} --tail=50\nUp to release 0.9 one deployment whose etcd does not answer blocks all others; restart the operator then.`,
  };
};

const gpuText = ({ pods }: Remains): string =>
  pods.length === 0
    ? ''
    : ` ${pods.length === 1 ? 'Its pod stays' : `Its ${pods.length} pods stay`} meanwhile.`;

const stuck = (remains: Remains, level: Finding['level']): Finding[] => {
  const objects = held(remains);
  const ours = objects.filter(object => finalizersOf(object).includes(operatorFinalizer));
  const others = objects.filter(object => !ours.includes(object));
  const { reason, remedy } = why(caretaker(remains));
  return [
    ...(ours.length === 0
      ? []
      : [
          {
            rule: 'uninstall-finalizer',
            level,
            path: '',
            message: `${some(ours.map(named))} cannot go away: the finalizer ${operatorFinalizer} ${reason}.${gpuText(remains)}`,
            hint: `${remedy}\n${byHand(ours, remains.namespace)}`,
          },
        ]),
    ...others.map(object => ({
      rule: 'uninstall-finalizer',
      level,
      path: '',
      message: `${named(object)} cannot go away: nobody clears its finalizer ${listed(finalizersOf(object))}, which is not Dynamo's.${gpuText(remains)}`,
      hint: `Find the controller that set it (the finalizer's name tells whose it is) and see why it does not clear it, or install it again.\n${byHand([object], remains.namespace)}`,
    })),
  ];
};

const graceOf = (pod: KubernetesObject): number =>
  (number(metadataOf(pod).deletionGracePeriodSeconds) ?? usualGraceSeconds) * 1000;

/** Deletion times lie at the end of the grace period. */
const overdue = (pod: KubernetesObject, now: number): boolean => {
  const at = deletedAt(pod);
  return at !== null && now > at + podSlackMs;
};

const nodesOf = (pods: readonly KubernetesObject[]): string[] => [
  ...new Set(pods.map(pod => text(record(pod['spec']).nodeName)).filter(Boolean)),
];

const slowPods = (remains: Remains, level: Finding['level']): Finding[] => {
  const late = remains.pods.filter(pod => overdue(pod, remains.now));
  if (late.length === 0) return [];
  const nodes = nodesOf(late);
  const where = nodes.length === 0 ? '' : ` on ${some(nodes)}`;
  const [first] = late;
  return [
    {
      rule: 'uninstall-pods',
      level,
      path: '',
      message: `${some(late.map(named))}${where} ${late.length === 1 ? 'has' : 'have'} not stopped in the time given to stop, and ${late.length === 1 ? 'holds its GPUs' : 'hold their GPUs'} until then.`,
      hint: `A node whose kubelet does not answer is the usual reason: ${joinWords(['kubectl', 'get', 'nodes', ...nodes])}\nIf it answers, see what holds the pod: kubectl -n ${remains.namespace} describe pod ${first?.metadata.name ?? ''}`,
    },
  ];
};

/** Nothing above them is left, and nobody has begun to remove them. */
const orphans = (remains: Remains): KubernetesObject[] => {
  if (remains.graphs.length > 0 || held(remains).length > 0) return [];
  return remains.children.filter(child => deletedAt(child) === null);
};

const orphaned = (remains: Remains): Finding[] => {
  const left = orphans(remains);
  if (left.length === 0) return [];
  return [
    {
      rule: 'uninstall-orphans',
      level: 'error',
      path: '',
      message: `${some(left.map(named))} ${left.length === 1 ? 'is' : 'are'} still there though the deployment is gone: Dynamo's operator made ${left.length === 1 ? 'it' : 'them'}, and nobody collects ${left.length === 1 ? 'it' : 'them'} any more.${gpuText(remains)}`,
      hint: `They do not carry this program's labels, so it leaves them alone. To remove them: ${joinWords(['kubectl', '-n', remains.namespace, 'delete', ...left.map(resource)])}`,
    },
  ];
};

const deaf = (remains: Remains): boolean => {
  const operator = caretaker(remains);
  return operator === undefined || operator?.available === 0;
};

const future = (now: number, ...times: readonly number[]): number | null => {
  const coming = times.filter(time => time > now);
  return coming.length === 0 ? null : Math.min(...coming);
};

/** What is seen now: whether waiting can still help, and why it takes long. */
export const removalOutlook = (remains: Remains): RemovalOutlook => {
  const { now, since, pods } = remains;
  const isHeld = held(remains).length > 0;
  const forOperator = held(remains).some(object => finalizersOf(object).includes(operatorFinalizer));
  const lost = isHeld && forOperator && deaf(remains) && now >= since + stuckMs;
  const slow = isHeld && !lost && now >= since + slowMs;
  const stray = now >= since + orphanMs ? orphaned(remains) : [];
  return {
    hopeless: lost ? stuck(remains, 'error') : stray,
    notices: [...(slow ? stuck(remains, 'warning') : []), ...slowPods(remains, 'warning')],
    lookAgainAt: future(
      now,
      since + stuckMs,
      since + slowMs,
      since + orphanMs,
      ...pods.map(pod => (deletedAt(pod) ?? since + graceOf(pod)) + podSlackMs + 1000),
    ),
  };
};

/** Everything that is left, with its likeliest cause, when the time is up. */
export const stillThere = (remains: Remains): Finding[] => {
  const known = [...stuck(remains, 'error'), ...slowPods(remains, 'error'), ...orphaned(remains)];
  if (known.length > 0) return known;
  const left = [...remains.graphs, ...remains.children, ...remains.pods];
  if (left.length === 0) return [];
  return [
    {
      rule: 'uninstall-left',
      level: 'error',
      path: '',
      message: `${some(left.map(named))} ${left.length === 1 ? 'is' : 'are'} still there.`,
      hint: `Nothing tells why; look at the first: ${joinWords(['kubectl', '-n', remains.namespace, 'describe', resource(left[0] as KubernetesObject)])}`,
    },
  ];
};
