/** Commands that reach the same cluster as this run, so that they can be copied as they are. */

import { joinWords } from '../core/words.ts';
import { type Context, commandLine } from './context.ts';

/** The flags by which the run was sent to its cluster: the same for kubectl and for this program. */
export const reachWords = ({ options }: Pick<Context, 'options'>): readonly string[] => [
  ...(options.kubeconfig === undefined ? [] : ['--kubeconfig', options.kubeconfig]),
  ...(options.context === undefined ? [] : ['--context', options.context]),
];

export const kubectlFor = (context: Pick<Context, 'options'>): string =>
  joinWords(['kubectl', ...reachWords(context)]);

/** `./cli nvidia-platform dynamo-vllm VERB NAME -n NAMESPACE`. */
export const verbLineFor = (
  context: Pick<Context, 'entry' | 'options'>,
  verb: string,
  name: string,
  namespace: string,
): string =>
  `${commandLine(context.entry, verb)} ${joinWords([name, '-n', namespace, ...reachWords(context)])}`;
