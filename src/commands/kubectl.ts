/** `kubectl` as it reaches the same cluster, so that a command can be copied as it is. */

import { joinWords } from '../core/words.ts';
import type { Context } from './context.ts';

export const kubectlFor = ({ options }: Pick<Context, 'options'>): string =>
  joinWords([
    'kubectl',
    ...(options.kubeconfig === undefined ? [] : ['--kubeconfig', options.kubeconfig]),
    ...(options.context === undefined ? [] : ['--context', options.context]),
  ]);
