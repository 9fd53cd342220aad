/** Tells what was applied and is still there, and how to look at it, go on with it or remove it. */

import { groupOf } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { isOwn } from '../../core/ownership.ts';
import type { Awaited, WatchAsk } from '../../core/sight.ts';
import { listed } from '../../core/text.ts';
import { joinWords, quoteWord } from '../../core/words.ts';

/** What the sentences are made of. */
export type Left = {
  readonly awaited: Awaited;
  /** Of the component, for the selector of its pods. */
  readonly watches: readonly WatchAsk[];
  readonly gpusHeld: number;
  /** Category and component as typed: `./cli nvidia-platform dynamo-vllm`. */
  readonly line: string;
  /** Names of the verbs that there are. */
  readonly verbs: readonly string[];
  /** The command that repeats the run; null when it is not known. */
  readonly replay: string | null;
  /** `kubectl`, with the context where the run was given one. */
  readonly kubectl: string;
  /** The same flags for this program's own verbs. */
  readonly reach?: readonly string[];
};

/** A sentence and the command it announces, for {@link commandLines}. */
export type Advice = { readonly sentence: string; readonly command: string };

/** Others may use them too, and a model is long to download again. */
const keptKinds: readonly string[] = ['PersistentVolumeClaim', 'Namespace', 'Secret'];

/** Ours but of no instance: shared by deployments. */
const isShared = ({ metadata: { labels } }: KubernetesObject): boolean =>
  isOwn(labels) && labels?.['app.kubernetes.io/instance'] === undefined;

const isKept = (object: KubernetesObject): boolean => keptKinds.includes(object.kind) || isShared(object);

/** As `kubectl get -o name` writes it: `job.batch/qwen3-download`. */
const reference = ({ apiVersion, kind, metadata }: KubernetesObject): string => {
  const group = groupOf(apiVersion);
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${metadata.name}`;
};

const named = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

const gpuText = (count: number): string => {
  if (count === 0) return 'no GPU is held by it at the moment';
  return count === 1 ? 'its pods hold 1 GPU' : `its pods hold ${count} GPUs`;
};

/** What is there and what it costs, in one sentence. */
export const whatIsThere = ({ awaited, gpusHeld }: Left): string => {
  const objects = awaited.objects.filter(object => object.kind !== 'Namespace').map(named);
  if (objects.length === 0) return 'Nothing was applied.';
  return `Applied in namespace ${awaited.namespace}: ${listed(objects)}; ${gpuText(gpusHeld)}.`;
};

const verbLine = ({ line, awaited, reach = [] }: Left, verb: string): string =>
  `${line} ${joinWords([verb, awaited.name, '-n', awaited.namespace, ...reach])}`;

/** How to see what it does. */
export const watchAdvice = (left: Left): Advice => {
  const sentence = 'To watch it:';
  if (left.verbs.includes('status')) return { sentence, command: verbLine(left, 'status') };
  const selector = left.watches.find(({ key }) => key === 'pods')?.labelSelector ?? null;
  const chosen = selector === null ? '' : ` -l ${quoteWord(selector)}`;
  return { sentence, command: `${left.kubectl} get pods -n ${left.awaited.namespace}${chosen} -w` };
};

/** How to go on with it; null when the command is not known. */
export const resumeAdvice = ({ replay }: Left, sentence: string): Advice | null =>
  replay === null ? null : { sentence, command: replay };

const keptText = (objects: readonly KubernetesObject[]): string => {
  const kept = objects.filter(object => isKept(object) && object.kind !== 'Namespace').map(named);
  return kept.length === 0 ? '' : `, and keep ${listed(kept)}`;
};

/** How to remove it, last applied first; null when nothing of it is its own. */
export const undoAdvice = (left: Left): Advice | null => {
  const { awaited, kubectl } = left;
  const own = awaited.objects.filter(object => !isKept(object)).reverse();
  if (own.length === 0) return null;
  const sentence = `To remove it${keptText(awaited.objects)}:`;
  if (left.verbs.includes('uninstall')) return { sentence, command: verbLine(left, 'uninstall') };
  return { sentence, command: `${kubectl} delete -n ${awaited.namespace} ${joinWords(own.map(reference))}` };
};
