/** Owns the format of failure stories: reading a folder of them with the profiles they share. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../api/client.ts';
import type { Gpu, Taint } from '../nodes/nodeObject.ts';

export type Json = Record<string, unknown>;
export type Rules = readonly {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}[];
/** `bind` names a ClusterRole; otherwise rules for the cluster and for the namespace of the story. */
export type Account = { readonly bind?: string; readonly cluster?: Rules; readonly namespace?: Rules };

export type NodeEntry = {
  readonly profile?: string;
  readonly name?: string;
  readonly count?: number;
  readonly zones?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly cpu?: string;
  readonly memory?: string;
  readonly disk?: string;
  readonly driver?: string;
  readonly gfd?: boolean;
  readonly devicePlugin?: boolean;
  readonly unschedulable?: boolean;
};

export type StoryCluster = {
  readonly from?: string;
  readonly without?: readonly string[];
  readonly objects?: readonly KubeObject[];
  readonly nodes?: readonly NodeEntry[];
  readonly workloads?: readonly Workload[];
  readonly cache?: {
    readonly claim: string;
    readonly models?: Readonly<Record<string, { complete?: boolean }>>;
  };
  readonly account?: string | Account;
  readonly user?: string;
  readonly kubeconfig?: KubeconfigTwist;
  readonly crd?: { readonly from: string; readonly patch?: Readonly<Record<string, { served?: boolean }>> };
  readonly crds?: readonly string[];
  readonly operatorVersion?: string;
  readonly operatorChart?: string;
  readonly webhook?: string | { readonly mode: string; readonly warnings?: readonly string[] };
  readonly operator?: { readonly reconciles?: readonly string[] };
  readonly provisioners?: readonly string[];
  readonly installed?: readonly { readonly name: string; readonly finalizers?: readonly string[] }[];
  readonly running?: readonly string[];
  readonly podStatus?: unknown;
  readonly delete?: readonly string[];
};

export type Workload = {
  readonly namespace: string;
  readonly name: string;
  readonly pods: number;
  readonly gpu: number;
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
};

export type KubeconfigTwist = {
  readonly file?: 'absent';
  readonly context?: string;
  readonly server?: string;
  readonly network?: { readonly connect?: string };
  readonly current?: string;
  readonly contexts?: Readonly<Record<string, unknown>>;
};

/** One answer of a distant server. */
export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly timeout?: boolean;
  readonly anonymous?: number;
  readonly profile?: string;
};
export type Answers = Readonly<Record<string, Answer>>;

export type Step = {
  readonly at: number;
  readonly after?: 'start' | 'download' | 'graph' | 'verify' | 'delete';
  readonly of?: string;
  readonly pod?: number;
  readonly sign?: boolean;
  readonly status?: Json;
  readonly event?: {
    type: 'Normal' | 'Warning';
    reason: string;
    source?: string;
    message: string;
    count?: number;
  };
  readonly log?: readonly string[];
  readonly http?: 'happy' | Answers;
  readonly node?: Json;
  readonly cut?: string;
  readonly hold?: string;
  readonly await?: { readonly kind: string; readonly reason?: string; readonly message?: string };
};

export type Expect = {
  readonly when: 'before-apply' | 'after-apply';
  readonly within?: number;
  readonly mustMention: readonly string[];
  readonly nextStep: readonly string[];
  readonly mustNotMention?: readonly string[];
  readonly severity: 'error' | 'warning';
};

export type Story = {
  readonly id: string;
  readonly title: string;
  readonly stage: string;
  readonly command?: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly config?: Json;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly local?: unknown;
  readonly release: string;
  readonly cluster: StoryCluster;
  readonly network?: { readonly huggingface?: Answers; readonly registry?: Answers; readonly from?: Json };
  readonly clock?: { readonly speed?: number };
  readonly course?: Readonly<Record<string, string>>;
  readonly events: readonly Step[];
  readonly expect: 'none' | Expect;
  readonly outcome?: {
    readonly exit?: number;
    readonly verified?: boolean;
    readonly mayWarn?: readonly string[];
  };
  readonly mustNotSay?: readonly string[];
};

export type CourseStep = { readonly at: number; readonly to?: string; readonly log?: readonly string[] };

export type Profiles = {
  readonly nodeDefaults: Json & { labels: Record<string, string>; cudaRuntime: Record<string, string> };
  readonly gpus: Readonly<Record<string, Gpu>>;
  readonly nodes: Readonly<Record<string, Json>>;
  readonly models: Readonly<Record<string, Json>>;
  readonly releases: Readonly<Record<string, Json & { crd: string }>>;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly clusters: Readonly<Record<string, StoryCluster & { provisioners?: readonly string[] }>>;
  readonly courses: { readonly happy: Readonly<Record<string, readonly CourseStep[]>> };
  readonly frontendHttp: { readonly happy: Answers };
};

/** A story with what its folder's stories share. */
export type Loaded = { readonly story: Story; readonly profiles: Profiles };

/** Reads every story of a folder; `shared` is where profiles are when the folder has none of its own. */
export function loadStories(folder: string, shared: string): Loaded[] {
  const own = join(folder, 'profiles.yaml');
  const profiles = read(existsSync(own) ? own : shared) as Profiles;
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml') && name !== 'profiles.yaml')
    .sort()
    .map(name => ({ story: read(join(folder, name)) as Story, profiles }));
}

function read(file: string): unknown {
  if (!existsSync(file)) throw new Error(`${file} is missing: ${dirname(file)} has stories but no profiles.`);
  return parse(readFileSync(file, 'utf8'), { merge: true });
}
