/** Images that do not come: what the registry's words mean, which of them pass, and what to do. */

import { withoutPost } from '../../../../core/release.ts';
import { after, type Diagnosis, type Inspector, ofDeployment } from './diagnosis.ts';
import type { Container, Pod } from './pods.ts';
import { podsIn, type Role, type Scene } from './scene.ts';
import { isPulling, isPullProblem, lastEvent } from './stages.ts';
import { imageTag } from './words.ts';

type Subject = {
  readonly scene: Scene;
  readonly image: string;
  readonly node: string;
  /** All that the kubelet said of it. */
  readonly said: string;
  /** A pull secret that the pod names and that is not there; empty when none is missed. */
  readonly missing: string;
};

type PullCause = {
  readonly rule: string;
  readonly sign: RegExp;
  /** Milliseconds that it is given to pass by itself. */
  readonly patience: number;
  readonly message: (subject: Subject) => string;
  readonly hint: (subject: Subject) => string;
};

const untilReported = 60_000;

const registryOf = (image: string): string => {
  const [first = ''] = image.split('/');
  return /[.:]/.test(first) ? first : 'docker.io';
};

/** A post release is a Helm chart's version; its image is that of the release. */
const otherTag = ({ image }: Subject): string => {
  const tag = imageTag(image);
  const plain = withoutPost(tag);
  const repository = image.replace(/@.*$/, '').replace(/:[\w][\w.-]*$/, '');
  if (plain !== tag)
    return `Versions with -post are those of charts, and the image tag is ${plain}; run again with: --image ${repository}:${plain}`;
  return `Look for an existing tag in the registry and run again with: --image ${repository}:TAG`;
};

/** First match counts. Texts of containerd, CRI-O and the registries' own answers. */
const causes: readonly PullCause[] = [
  {
    rule: 'pull-platform',
    sign: /no match for platform in manifest|no matching manifest for|does not match the specified platform/i,
    patience: 0,
    message: ({ image, node }) => `the image ${image} has no build for the CPU architecture of node ${node}`,
    hint: () =>
      'Use a multi-arch image (amd64 and arm64), or place the pods on nodes of the other architecture.',
  },
  {
    rule: 'pull-node-disk-full',
    sign: /no space left on device|disk quota exceeded/i,
    patience: 0,
    message: ({ image, node }) => `node ${node} has no disk space left for the image ${image}`,
    hint: () =>
      'Free space on the node, or use nodes with a larger root disk: the runtime image needs tens of GB unpacked.',
  },
  {
    rule: 'pull-certificate',
    sign: /x509:|certificate (?:signed by unknown|has expired|is not trusted)/i,
    patience: 0,
    message: ({ image }) => `the nodes do not trust the certificate of the registry ${registryOf(image)}`,
    hint: () =>
      "Install the registry's certificate authority on the nodes, or name another registry with --image.",
  },
  {
    rule: 'pull-rate-limited',
    sign: /toomanyrequests|429 Too Many|rate limit/i,
    patience: untilReported,
    message: ({ image }) => `the registry ${registryOf(image)} answers "too many requests" for ${image}`,
    hint: () =>
      'Use a registry account (--image-pull-secret) or a mirror, or wait until the limit is lifted.',
  },
  {
    rule: 'pull-refused',
    sign: /unauthori[sz]ed|authentication required|authorization failed|access denied|denied: |pull access denied|insufficient_scope|403 Forbidden|401 Unauthorized|no basic auth credentials/i,
    patience: 0,
    message: ({ image, missing }) =>
      `the registry ${registryOf(image)} refuses to hand out the image ${image}${missing === '' ? '' : `, and the pull secret ${missing} that the pods name is not there`}`,
    hint: ({ scene, image, missing }) =>
      `${missing === '' ? 'Check the spelling of the image; for a private one name a Secret with --image-pull-secret, which is made by' : 'Make that Secret'}: kubectl -n ${scene.awaited.namespace} create secret docker-registry ${missing || 'NAME'} --docker-server=${registryOf(image)} --docker-username=… --docker-password=…`,
  },
  {
    rule: 'pull-not-found',
    sign: /not found|manifest unknown|NotFound|name unknown|does not exist|NAME_UNKNOWN|MANIFEST_UNKNOWN|\b404\b/i,
    patience: 0,
    message: ({ image }) => `the image ${image} does not exist (the registry says "not found")`,
    hint: otherTag,
  },
  {
    rule: 'pull-name-invalid',
    sign: /InvalidImageName|couldn't parse image|invalid reference format/i,
    patience: 0,
    message: ({ image }) => `"${image}" is not the name of an image`,
    hint: () => 'Write REGISTRY/REPOSITORY:TAG with --image.',
  },
  {
    rule: 'pull-never',
    sign: /ErrImageNeverPull|is not present with pull policy of Never/i,
    patience: 0,
    message: ({ image, node }) => `the image ${image} is not on node ${node}, and its pull policy is Never`,
    hint: () => 'Load the image onto the nodes, or take imagePullPolicy: Never away.',
  },
  {
    rule: 'pull-unreachable',
    sign: /i\/o timeout|no such host|connection refused|connection reset|TLS handshake timeout|deadline exceeded|network is unreachable|no route to host|unexpected EOF|: EOF|Client\.Timeout|50\d [A-Z]|RegistryUnavailable|server misbehaving|proxyconnect/i,
    patience: untilReported,
    message: ({ image, node }) =>
      `node ${node} cannot reach the registry ${registryOf(image)} for the image ${image}`,
    hint: () =>
      'Check DNS, proxy and the way out of the nodes to the registry, or name a mirror with --image.',
  },
];

const anything: PullCause = {
  rule: 'pull-failed',
  sign: /^/,
  patience: untilReported / 3,
  message: ({ image, node }) => `node ${node} cannot get the image ${image}`,
  hint: ({ scene }) => `See what the node says: kubectl -n ${scene.awaited.namespace} get events`,
};

const saidAbout = (pod: Pod, container: Container): string[] => [
  container.waiting?.message ?? '',
  ...pod.events.filter(event => event.reason === 'Failed').map(event => event.message),
  container.waiting?.reason ?? '',
];

/** The sentence that tells most: a back-off repeats only that it waits. */
const decisive = (said: readonly string[], cause: PullCause): string[] =>
  said.filter(line => line !== '' && cause.sign.test(line) && line.length > 40).slice(0, 1);

/** The kubelet pulls anew, which the container's state does not show until that ends too. */
const isTriedAgain = (pod: Pod): boolean =>
  (lastEvent(pod, 'Pulling')?.last ?? 0) > (lastEvent(pod, 'Failed')?.last ?? Number.POSITIVE_INFINITY);

const missingSecret = (pod: Pod): string =>
  /image pull secrets \(([^)\s]+)\)/.exec(
    lastEvent(pod, 'FailedToRetrieveImagePullSecret')?.message ?? '',
  )?.[1] ?? '';

const failing = (role: Role, pod: Pod, container: Container, scene: Scene): Diagnosis[] => {
  const said = saidAbout(pod, container);
  const cause = causes.find(one => said.some(line => one.sign.test(line))) ?? anything;
  const spec = container.image || imageIn(pod);
  const subject = {
    scene,
    image: spec,
    node: pod.node ?? '',
    said: said.join('\n'),
    missing: missingSecret(pod),
  };
  const base = {
    rule: cause.rule,
    role,
    message: (who: string) => `${who}${ofDeployment(scene)} cannot start: ${cause.message(subject)}.`,
    hint: cause.hint(subject),
    evidence: decisive(said, cause),
  };
  const began = lastEvent(pod, 'Failed')?.first ?? null;
  const error: Diagnosis = {
    ...base,
    level: 'error',
    from: cause.patience === 0 ? 0 : after(scene, began, cause.patience),
  };
  if (cause.patience === 0) return [error];
  return [{ ...base, level: 'warning', from: 0 }, ...(isTriedAgain(pod) ? [] : [error])];
};

const imageIn = (pod: Pod): string =>
  /[Ii]mage "([^"]+)"/.exec(pod.events.map(event => event.message).join('\n'))?.[1] ?? '';

const slowMs = 300_000;

const slow = (role: Role, pod: Pod): Diagnosis[] => {
  const began = lastEvent(pod, 'Pulling')?.last ?? null;
  if (!isPulling(pod) || began === null || pod.containers.some(isPullProblem)) return [];
  return [
    {
      rule: 'pull-slow',
      level: 'info',
      role,
      message: () => `An image has been coming to node ${pod.node ?? ''} for more than five minutes.`,
      hint: 'Images of 10 to 20 GB take that long on slow links; later starts on that node find it there.',
      evidence: [],
      from: began + slowMs,
    },
  ];
};

export const inspectPulling: Inspector = scene =>
  podsIn(scene).flatMap(({ role, pod }) => [
    ...pod.containers
      .filter(isPullProblem)
      .slice(0, 1)
      .flatMap(container => failing(role, pod, container, scene)),
    ...slow(role, pod),
  ]);
