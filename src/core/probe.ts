/** Verification, as data: the requests a component sends through a tunnel, and what it makes of the answers. */

import type { Finding } from './finding.ts';
import type { KubernetesObject } from './manifest.ts';

export type HttpAsk = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON; null for none. */
  readonly body: unknown;
  readonly timeoutMs: number;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Milliseconds from sending to the end of the answer. */
  readonly ms: number;
  /** Pieces of a streamed answer with their time since sending, milliseconds; empty for others. */
  readonly pieces: readonly { readonly ms: number; readonly text: string }[];
};

/** Sends one request through the tunnel. Rejects only when interrupted; a broken tunnel is an answer of its own. */
export type Send = (ask: HttpAsk) => Promise<HttpAnswer | { readonly broken: string }>;

export type ProbeTools = {
  /** To the frontend. */
  readonly send: Send;
  /** To one pod of a component, on a port of its own; null when there is none. */
  readonly sendTo: (component: string, port: number) => Promise<Send | null>;
  /** Last lines of the logs of a component's pods. */
  readonly logs: (component: string) => Promise<readonly string[]>;
  /** NetworkPolicies of the namespace and the like: names by kind, for evidence; empty when not readable. */
  readonly policies: () => Promise<readonly string[]>;
  readonly now: () => number;
  /** Resolves early when interrupted. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** A step began or ended. */
  readonly say: (step: ProbeStep) => void;
};

/** One step of the verification, as it is shown and reported. */
export type ProbeStep = {
  /** Stable word: live, health, models, chat, stream, router, disaggregated, kvbm. */
  readonly step: string;
  readonly title: string;
  readonly outcome: 'running' | 'pass' | 'warn' | 'fail' | 'unknown';
  /** What was seen, with figures. */
  readonly detail: string;
  readonly ms: number | null;
};

export type ProbeReport = {
  readonly verdict: 'serving' | 'not-ready' | 'not-serving';
  readonly steps: readonly ProbeStep[];
  readonly findings: readonly Finding[];
  /** Id to use in requests. */
  readonly model: string;
  /** What the model answered first; null when nothing. */
  readonly answer: string | null;
  /** Milliseconds to the first token of the streamed answer; null when not measured. */
  readonly firstTokenMs: number | null;
  readonly tokensPerSecond: number | null;
  /** In-cluster address, such as http://NAME-frontend.NS.svc.cluster.local:8000/v1 */
  readonly address: string;
  /** Releases by name, such as `dynamo`, as far as the deployment tells. */
  readonly versions?: Readonly<Record<string, string>>;
};

/** What is verified: read from the deployment itself, so that it works for manifests of others too. */
export type ProbeAsk = {
  readonly name: string;
  readonly namespace: string;
  readonly graph: KubernetesObject;
  /** How long a first good answer may take from now, milliseconds. */
  readonly patienceMs: number;
};

export type Probe = {
  /** Service and port of the frontend, and the labels of a component's pods. */
  readonly target: (ask: Pick<ProbeAsk, 'name' | 'namespace' | 'graph'>) => {
    readonly service: string;
    readonly port: number;
    readonly podSelector: (component: string) => string;
    readonly frontend: string;
  };
  readonly run: (ask: ProbeAsk, tools: ProbeTools) => Promise<ProbeReport>;
};
