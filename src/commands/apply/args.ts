/** What applying needs, what it tells while it runs, and what it ends with. */

import type { Change } from '../../cluster/apply.ts';
import type { Client } from '../../cluster/client.ts';
import type { ClusterFacts } from '../../core/cluster-facts.ts';
import type { Ref } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import type { ExplainRefusal } from '../../core/refused.ts';
import type { Values } from '../../core/settings.ts';

/** Two kinds, because `--yes` means the first and not the second. */
export type Question = {
  readonly kind: 'create-namespace' | 'take-over';
  /** Said before it; absent where the question says it all. */
  readonly why?: string;
  /** As a prompt shows it: short, for a prompt breaks lines within words. */
  readonly text: string;
};

export type ApplyEvent =
  | { readonly kind: 'applied'; readonly ref: Ref; readonly change: Change }
  /** Left as it is; `why` goes on after its name. */
  | { readonly kind: 'left'; readonly ref: Ref; readonly why: string }
  | { readonly kind: 'removing' | 'removed'; readonly ref: Ref; readonly why: string }
  /** Fields that belong to others are taken from them. */
  | { readonly kind: 'taken'; readonly ref: Ref; readonly managers: readonly string[] }
  /** It takes longer, and why. */
  | { readonly kind: 'waiting'; readonly message: string };

/** What cannot be changed in place: removed, waited for, and created anew. Somebody said yes to it. */
export type Replaced = {
  readonly kind: string;
  readonly name: string;
  /** Of its pods, which hold GPUs for a while after it is gone. */
  readonly podSelector: string;
};

export type ApplyArgs = {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly programVersion: string;
  /** In apply order. */
  readonly objects: readonly KubernetesObject[];
  readonly name: string;
  readonly namespace: string;
  readonly cluster: ClusterFacts;
  /** Settled answers, kept in the cluster; null for manifests from elsewhere. */
  readonly settings: Values | null;
  /** Goes into one Secret and nowhere else. */
  readonly token: { readonly value: string } | null;
  /** The Secret that the manifests read the token from; null when they read none. */
  readonly secretName: string | null;
  readonly explainRefusal: ExplainRefusal;
  /** False when the answer is no, and when nobody can be asked. */
  readonly confirm: (question: Question) => Promise<boolean>;
  /** Nobody can be asked. */
  readonly unattended: boolean;
  /** Take fields that other managers own. */
  readonly force: boolean;
  readonly replaced: Replaced | null;
  /** `user@host/pid` of this program. */
  readonly holder: string;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
  readonly tell: (event: ApplyEvent) => void;
  /** The command that goes on after an interruption, and the one that undoes. */
  readonly resume: string;
  readonly undo: string;
};

export type ApplyOutcome = {
  /** In the order of applying; what was left as it is counts as unchanged. */
  readonly changes: readonly { readonly ref: Ref; readonly change: Change }[];
  /** Texts of the API server's Warning headers, each once; no alarms. */
  readonly warnings: readonly string[];
};
