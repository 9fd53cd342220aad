/** Pods and claims that are not made at all: quotas, admission, storage classes. */

import { podSecurityHint } from '../pod-security.ts';
import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import type { Happening } from './events.ts';
import { claimsOf, isOver } from './pods.ts';
import type { Role, Scene } from './scene.ts';

const shortMs = 4_000;
const longMs = 60_000;

type CreateCause = {
  readonly sign: RegExp;
  readonly rule: string;
  readonly patience: number;
  readonly why: (match: RegExpExecArray) => string;
  readonly hint: (match: RegExpExecArray, scene: Scene) => string;
};

const createCauses: readonly CreateCause[] = [
  {
    sign: /exceeded quota: ([\w.-]+), requested: (.+?), used: (.+?), limited: (.+?)\s*$/,
    rule: 'pod-quota',
    patience: shortMs,
    why: ([, quota = '', requested = '', used = '', limited = '']) =>
      `the quota ${quota} allows ${limited}, ${used} is in use, and a pod asks for ${requested}`,
    hint: (match, { awaited }) =>
      `Ask for less, free something, or have the quota raised: kubectl -n ${awaited.namespace} describe quota ${match[1]}`,
  },
  {
    sign: /failed quota: ([\w.-]+): must specify (.+)$/,
    rule: 'pod-quota',
    patience: shortMs,
    why: ([, quota = '', what = '']) => `the quota ${quota} wants every pod to state ${what}`,
    hint: (_, { awaited }) =>
      `Add a LimitRange with defaults to namespace ${awaited.namespace}, or state them in the manifest.`,
  },
  {
    sign: /violates PodSecurity "([^"]+)": (.+)$/,
    rule: 'pod-security',
    patience: shortMs,
    why: ([, level = '', what = '']) => `the namespace enforces the Pod Security level ${level}: ${what}`,
    hint: ([, level = ''], { awaited }) => podSecurityHint(awaited.namespace, level),
  },
  {
    sign: /admission webhook "([^"]+)" denied the request: (.+)$/,
    rule: 'pod-admission',
    patience: shortMs,
    why: ([, hook = '', what = '']) => `the admission webhook ${hook} refuses its pods: ${what}`,
    hint: () => 'Change what it objects to, or ask whoever owns that policy.',
  },
  {
    sign: /((?:maximum|minimum) \S+ usage per \S+ is .+?)\]?$/,
    rule: 'pod-limit-range',
    patience: shortMs,
    why: ([, what = '']) => `a LimitRange of the namespace forbids its pods: ${what.replace(/\.$/, '')}`,
    hint: (_, { awaited }) =>
      `Ask for less, or have it changed: kubectl -n ${awaited.namespace} describe limitrange`,
  },
  {
    sign: /error looking up service account .*serviceaccount "([^"]+)" not found/,
    rule: 'pod-service-account',
    patience: longMs / 2,
    why: ([, account = '']) => `there is no service account ${account}`,
    hint: () => 'The operator makes it; look at its log for what keeps it from that.',
  },
  {
    sign: /(is invalid: .+)$/,
    rule: 'pod-invalid',
    patience: shortMs,
    why: ([, what = '']) => `Kubernetes refuses its pods: ${what}`,
    hint: () => 'Correct the manifest there.',
  },
];

const forbidden: CreateCause = {
  sign: /(.+)/,
  rule: 'pod-not-created',
  patience: longMs / 2,
  why: ([, what = '']) => `its pods cannot be created: ${what}`,
  hint: (_, { awaited }) =>
    `See: kubectl -n ${awaited.namespace} get events --field-selector reason=FailedCreate`,
};

/** Pods that are there were created. */
const isMissingPods = (role: Role): boolean => role.pods.filter(pod => !isOver(pod)).length < role.wanted;

const created = (role: Role): number =>
  role.events.findLast(event => event.reason === 'SuccessfulCreate')?.last ?? 0;

const failedCreation = (scene: Scene, role: Role): Diagnosis[] => {
  const event = role.events.findLast(one => one.reason === 'FailedCreate');
  if (event === undefined || !isMissingPods(role) || created(role) > (event.last ?? 0)) return [];
  // Policy engines write whole paragraphs.
  const message = event.message.replace(/\s+/g, ' ').trim();
  for (const cause of [...createCauses, forbidden]) {
    const match = cause.sign.exec(message);
    if (match === null) continue;
    return [
      {
        rule: cause.rule,
        level: 'error',
        role,
        message: who =>
          `${who}${ofDeployment(scene)} gets no pod: ${cause.why(match).replace(/\.\s*$/, '')}.`,
        hint: cause.hint(match, scene),
        evidence: [event.message],
        from: after(scene, event.first, cause.patience),
      },
    ];
  }
  return [];
};

/** Words of storage drivers that another try does not change. */
const final =
  /not supported|InvalidArgument|InvalidParameter|Unauthorized|AccessDenied|not authorized|quota|LimitExceeded|storageclass\S* "?[^"\s]*"? not found|no persistent volumes available for this claim and no storage class is set/i;

const isMounted = (scene: Scene, claim: string): boolean =>
  scene.roles.some(role => role.pods.some(pod => pod.node !== null && claimsOf(pod).includes(claim)));

const claimHint = (claim: string, scene: Scene): string =>
  `Choose a class that can (--storage-class CLASS), or a claim that is there (--model-cache claim:NAME); see: kubectl -n ${scene.awaited.namespace} describe pvc ${claim}`;

const failedClaim = (scene: Scene, event: Happening): Diagnosis => ({
  rule: 'claim-not-provisioned',
  level: 'error',
  role: null,
  message: () =>
    `The claim ${event.name}${ofDeployment(scene)} gets no volume: ${event.message.replace(/\.\s*$/, '').slice(0, 300)}.`,
  hint: claimHint(event.name, scene),
  evidence: [event.message],
  from: after(scene, event.first, final.test(event.message) ? shortMs : longMs),
});

/** A later try made the volume. */
const isMadeSince = (scene: Scene, failed: Happening): boolean =>
  scene.claimEvents.some(
    ({ name, reason, last }) =>
      name === failed.name &&
      reason === 'ProvisioningSucceeded' &&
      (last ?? 0) >= (failed.last ?? Number.POSITIVE_INFINITY),
  );

const failedClaims = (scene: Scene): Diagnosis[] => {
  const failing = scene.claimEvents.filter(
    event =>
      (event.reason === 'ProvisioningFailed' || event.reason === 'FailedBinding') &&
      !isMounted(scene, event.name) &&
      !isMadeSince(scene, event),
  );
  const latest = new Map(failing.map(event => [event.name, event]));
  return [...latest.values()].map(event => failedClaim(scene, event));
};

export const inspectCreations: Inspector = scene => [
  ...scene.roles.flatMap(role => failedCreation(scene, role)),
  ...failedClaims(scene),
];
