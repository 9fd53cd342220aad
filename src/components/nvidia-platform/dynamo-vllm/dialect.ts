/**
 * What each line of Dynamo releases needs, as data: one record a line, newest first. Two axes: the operator's release decides the
 * API and what admission accepts, the runtime image's release decides engine flags and environment. Releases are compared here only.
 */

import { lineOf, parseRelease, type Release } from '../../../core/release.ts';
import {
  connectors,
  type KvbmDialect,
  kvbmByConnectorFlag,
  kvbmByTransferConfig,
  kvbmWithoutHybridManager,
} from './connectors.ts';

export type OperatorDialect = {
  /** Version of the DynamoGraphDeployment to emit. Decides the template. */
  readonly apiVersion: 'nvidia.com/v1alpha1' | 'nvidia.com/v1beta1';
  /** Admission wants a semantic version in the image tag, or `runtimeVersionOverride` beside it. */
  readonly wantsVersionedImage: boolean;
  /** Admission's limit on characters of deployment name plus component name; null when there is none. */
  readonly combinedNameLimit: number | null;
  /** Longest deployment name whose labels the operator can still write; null when only the 63 characters of `<namespace>-<name>` count. */
  readonly nameLimit: number | null;
  /** A change of one worker component replaces the pods of all of them: prefill and decode never meet another generation. */
  readonly workersRollTogether: boolean;
  /** Nothing in the names of what the operator makes tells two deployments of a namespace apart whose joined names are the same. */
  readonly namesCollide: boolean;
  /** The examples of the release request ephemeral storage for workers. */
  readonly requestsEphemeralStorage: boolean;
};

export type RuntimeDialect = {
  /** vLLM release in the image. */
  readonly engine: string;
  /** Arguments that give a worker its role in disaggregated mode. */
  readonly role: { readonly prefill: readonly string[]; readonly decode: readonly string[] };
  /** Arguments for the KV transfer between prefill and decode; empty where NIXL is the default. */
  readonly transfer: readonly string[];
  readonly kvbm: KvbmDialect;
  /** False where workers never become able to serve with KVBM: refused unless a person lets it through. */
  readonly kvbmServes: boolean;
  /** Arguments that make a worker publish KV events; empty where it does so by itself. */
  readonly kvEvents: readonly string[];
  /** Workers publish KV events without being told. 1.0 does so with a warning about its end, so the arguments are given there too. */
  readonly publishesKvEvents: boolean;
  /** Name of the variable for the overlap weight. */
  readonly overlapWeight: string;
  /** Router temperature and overlap weight still work but are deprecated. */
  readonly scoringIsDeprecated: boolean;
  /** `--connector` (a list) chooses the transfer; `--kv-transfer-config` then needs `--connector none` beside it. */
  readonly hasConnectorFlag: boolean;
  /** `DYN_CONNECTOR` in the environment stops the worker, even when empty. */
  readonly connectorVariableIsFatal: boolean;
  /** Lowest NVIDIA driver branch for the CUDA of the image's plain tag. */
  readonly minimumDriver: number;
};

export type Line = {
  readonly line: string;
  readonly operator: OperatorDialect;
  readonly runtime: RuntimeDialect;
};

const oldRoles = { prefill: ['--is-prefill-worker'], decode: ['--is-decode-worker'] } as const;
const roles = {
  prefill: ['--disaggregation-mode', 'prefill'],
  decode: ['--disaggregation-mode', 'decode'],
} as const;
const kvEvents = [
  '--kv-events-config',
  '{"publisher":"zmq","topic":"kv-events","endpoint":"tcp://*:20080","enable_kv_cache_events":true}',
] as const;

const services = {
  apiVersion: 'nvidia.com/v1alpha1',
  wantsVersionedImage: false,
  combinedNameLimit: null,
  nameLimit: 41,
  workersRollTogether: true,
  namesCollide: false,
  requestsEphemeralStorage: true,
} as const satisfies OperatorDialect;
const servicesApart = {
  ...services,
  workersRollTogether: false,
  namesCollide: true,
  requestsEphemeralStorage: false,
} as const satisfies OperatorDialect;
const components = {
  apiVersion: 'nvidia.com/v1beta1',
  wantsVersionedImage: true,
  combinedNameLimit: null,
  nameLimit: null,
  workersRollTogether: true,
  namesCollide: false,
  requestsEphemeralStorage: true,
} as const satisfies OperatorDialect;

const runtime08 = {
  engine: '0.12.0',
  role: oldRoles,
  transfer: [],
  kvbm: kvbmByConnectorFlag,
  kvbmServes: true,
  kvEvents: [],
  publishesKvEvents: true,
  overlapWeight: 'DYN_KV_OVERLAP_SCORE_WEIGHT',
  scoringIsDeprecated: false,
  hasConnectorFlag: true,
  connectorVariableIsFatal: false,
  minimumDriver: 575,
} as const satisfies RuntimeDialect;
const runtime10 = {
  engine: '0.16.0',
  role: roles,
  transfer: connectors.nixl,
  kvbm: kvbmByTransferConfig,
  kvbmServes: true,
  kvEvents,
  publishesKvEvents: false,
  overlapWeight: 'DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT',
  scoringIsDeprecated: false,
  hasConnectorFlag: false,
  connectorVariableIsFatal: true,
  minimumDriver: 575,
} as const satisfies RuntimeDialect;
/** From 1.2 the old weight, which multiplied the prefill load, is called prefill load scale. */
const runtime12 = {
  ...runtime10,
  engine: '0.20.1',
  overlapWeight: 'DYN_ROUTER_PREFILL_LOAD_SCALE',
} as const satisfies RuntimeDialect;
const runtime14 = {
  ...runtime12,
  engine: '0.26.0',
  kvbm: kvbmWithoutHybridManager,
  kvbmServes: false,
  minimumDriver: 580,
} as const satisfies RuntimeDialect;

export const lines = [
  {
    line: '1.6',
    operator: components,
    runtime: { ...runtime14, engine: '0.31.0', scoringIsDeprecated: true },
  },
  { line: '1.5', operator: components, runtime: { ...runtime14, engine: '0.28.0' } },
  { line: '1.4', operator: components, runtime: runtime14 },
  {
    line: '1.3',
    operator: services,
    runtime: { ...runtime12, engine: '0.23.0', kvbm: kvbmWithoutHybridManager, minimumDriver: 580 },
  },
  { line: '1.2', operator: services, runtime: runtime12 },
  {
    line: '1.1',
    operator: { ...services, combinedNameLimit: 45 },
    runtime: { ...runtime10, engine: '0.19.0' },
  },
  {
    line: '1.0',
    operator: { ...services, combinedNameLimit: 45, requestsEphemeralStorage: false },
    runtime: { ...runtime10, publishesKvEvents: true },
  },
  {
    line: '0.9',
    operator: servicesApart,
    runtime: { ...runtime08, engine: '0.14.1' },
  },
  { line: '0.8', operator: servicesApart, runtime: runtime08 },
] as const satisfies readonly Line[];

export type Known = 'known' | 'newer' | 'older';
export type Dialect = {
  readonly operator: OperatorDialect;
  readonly runtime: RuntimeDialect;
  /** `newer`: not in the table, the newest record stands in for it. `older`: refused. */
  readonly operatorKnown: Known;
  readonly runtimeKnown: Known;
};

const newest: Line = lines[0];
const oldest: Line = lines[lines.length - 1] ?? newest;

const isBelow = (release: Release, line: Line): boolean => {
  const lowest = parseRelease(`${line.line}.0`);
  if (lowest === undefined) return false;
  return release.major < lowest.major || (release.major === lowest.major && release.minor < lowest.minor);
};

const find = (text: string): { line: Line; known: Known } => {
  const release = parseRelease(text);
  if (release === undefined || isBelow(release, oldest)) return { line: oldest, known: 'older' };
  const line = lines.find(candidate => candidate.line === lineOf(release));
  return line === undefined ? { line: newest, known: 'newer' } : { line, known: 'known' };
};

export const dialectFor = (operatorRelease: string, runtimeRelease: string): Dialect => {
  const operator = find(operatorRelease);
  const runtime = find(runtimeRelease);
  return {
    operator: operator.line.operator,
    runtime: runtime.line.runtime,
    operatorKnown: operator.known,
    runtimeKnown: runtime.known,
  };
};

/** How many lines of releases lie between two, counted along 0.8, 0.9, 1.0, …; undefined when one is not in the table. */
export const linesApart = (a: string, b: string): number | undefined => {
  const at = (text: string): number => {
    const release = parseRelease(text);
    return release === undefined ? -1 : lines.findIndex(line => line.line === lineOf(release));
  };
  const [first, second] = [at(a), at(b)];
  return first < 0 || second < 0 ? undefined : Math.abs(first - second);
};

/** `0.8 to 1.6`, for sentences. */
export const supportedLines = `${oldest.line} to ${newest.line}`;

/** The lines whose image can offload the KV cache with KVBM, newest first. */
export const kvbmLines: readonly string[] = lines
  .filter(line => line.runtime.kvbmServes)
  .map(line => line.line);
