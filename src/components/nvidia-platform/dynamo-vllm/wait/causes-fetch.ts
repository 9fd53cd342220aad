/** Causes: what goes wrong between a pod and the Hub, in the words of huggingface_hub 0.3x to 1.x, requests, httpx, hf_xet and Dynamo's own fetcher. */

import type { LogCause, Said, Subject } from './cause.ts';
import { claimsOf } from './pods.ts';
import { weightsOf } from './weights.ts';
import { sizeInGiB } from './words.ts';

/** Classes of this program's own download script, and what they mean. */
export type FetchClass =
  | 'token-invalid'
  | 'gated'
  | 'not-found'
  | 'revision-not-found'
  | 'rate-limited'
  | 'disk-full'
  | 'dns'
  | 'proxy'
  | 'unreachable'
  | 'not-writable';

/** Exit codes of the download script. */
export const exitClasses: Readonly<Record<number, FetchClass | 'unknown' | 'interrupted'>> = {
  10: 'token-invalid',
  11: 'gated',
  12: 'not-found',
  13: 'revision-not-found',
  14: 'rate-limited',
  15: 'disk-full',
  16: 'dns',
  17: 'proxy',
  18: 'unreachable',
  19: 'not-writable',
  20: 'unknown',
  143: 'interrupted',
};

export const fetchRules: Readonly<Record<FetchClass, string>> = {
  'token-invalid': 'download-token-invalid',
  gated: 'download-gated',
  'not-found': 'download-not-found',
  'revision-not-found': 'download-revision',
  'rate-limited': 'download-rate-limited',
  'disk-full': 'download-disk-full',
  dns: 'download-dns',
  proxy: 'download-proxy',
  unreachable: 'download-unreachable',
  'not-writable': 'download-not-writable',
};

const hub = 'https://huggingface.co';
const theModel = ({ model }: Subject): string => model || 'the model';

const claimOf = ({ pod }: Subject): string => claimsOf(pod)[0] ?? '';

/** What the claim asks for, when it is among the objects that were applied; empty otherwise. */
const sizeOfClaim = (subject: Subject): string => {
  const claim = subject.scene.awaited.objects.find(
    object => object.kind === 'PersistentVolumeClaim' && object.metadata.name === claimOf(subject),
  );
  const storage = /"storage":"([^"]+)"/.exec(JSON.stringify(claim?.spec ?? {}))?.[1];
  return storage === undefined ? '' : ` (${storage})`;
};

const megabytes = /expected file size is: ([\d.]+) MB.*?only has ([\d.]+) MB free/;
const inGB = (mb: string | undefined): string => `${(Number(mb) / 1000).toFixed(1)} GB`;

/** The figures that the library or the script gave: needed and free. */
const spaceSaid = (subject: Subject): string => {
  const line = subject.lines.findLast(each => megabytes.test(each));
  const match = line === undefined ? null : megabytes.exec(line);
  if (match !== null) return `: ${inGB(match[2])} were free for a file of ${inGB(match[1])}`;
  const needed = /([\d.]+ GiB\)) needed, \d+ \(([\d.]+ GiB)\) free/.exec(subject.lines.join('\n'));
  return needed === null ? '' : `: ${needed[1]?.replace(')', '')} more are needed and ${needed[2]} are free`;
};

const diskFull = (subject: Subject): Said => {
  const claim = claimOf(subject);
  const bytes = weightsOf(subject.scene.awaited);
  const size = bytes === null ? '' : ` (${sizeInGiB(bytes)})`;
  const where =
    claim === ''
      ? `the disk of node ${subject.pod.node ?? ''}`
      : `the volume of the claim ${claim}${sizeOfClaim(subject)}`;
  const namespace = subject.scene.awaited.namespace;
  return {
    why: `${where} has not enough space for ${theModel(subject)}${size}${spaceSaid(subject)}`,
    hint:
      claim === ''
        ? 'Keep the model on a claim (--model-cache create), or use nodes with a larger disk.'
        : `Delete a model that nobody uses from it, use another claim (--model-cache claim:NAME), or expand it if its class allows that: kubectl -n ${namespace} edit pvc ${claim}`,
  };
};

/** The Hub answers 403 to an account without access, and 401 to a token that it does not know as to none at all. */
const whoLacks = ({ lines }: Subject): string => {
  const says = (code: RegExp): boolean => lines.some(line => code.test(line));
  if (says(/\b403\b/)) return 'the account of the token has not been granted access (403)';
  if (says(/\b401\b/)) return 'it was asked for without a token that the Hub knows (401)';
  return 'access has not been granted';
};

/** Asked without a token that may see it, the Hub does not tell a private model from one that is not there. */
const saysOnly401 = ({ lines }: Subject): boolean =>
  lines.some(line => /\b401\b/.test(line)) && !lines.some(line => /\b404\b/.test(line));

const sayings: Readonly<Record<FetchClass, (subject: Subject) => Said>> = {
  'token-invalid': () => ({
    why: 'the Hub does not know the Hugging Face token (401)',
    hint: `Make a token with read permission at ${hub}/settings/tokens, put it into HF_TOKEN and run again.`,
  }),
  gated: subject => ({
    why: `the model ${theModel(subject)} is gated, and ${whoLacks(subject)}`,
    hint: `Accept the licence or request access at ${hub}/${theModel(subject)} with that account, then run again.`,
  }),
  'not-found': subject => ({
    why: `there is no model ${theModel(subject)} on the Hub, or it is private (${saysOnly401(subject) ? 401 : 404})`,
    hint: 'Check the spelling of the name; a private model needs a token that may read it.',
  }),
  'revision-not-found': subject => ({
    why: `the model ${theModel(subject)} has no such revision`,
    hint: `Take a branch, tag or commit of ${hub}/${theModel(subject)} with --model-revision.`,
  }),
  'rate-limited': () => ({
    why: 'the Hub answers 429, too many requests, to this address or account',
    hint: 'Wait some minutes and run again; with a token (HF_TOKEN) the Hub allows more.',
  }),
  'disk-full': diskFull,
  dns: ({ scene }) => ({
    why: `the name of the Hub or of its file servers cannot be resolved from namespace ${scene.awaited.namespace} (DNS)`,
    hint: "Check the cluster's DNS and its way out, or name a mirror and run again with: --download-env HF_ENDPOINT=URL",
  }),
  proxy: () => ({
    why: 'the proxy does not let the download through to the Hub',
    hint: 'Check that the proxy allows huggingface.co and *.hf.co, and its address; run again with: --download-env HTTPS_PROXY=URL',
  }),
  unreachable: ({ scene }) => ({
    why: `the Hub or its file servers cannot be reached from namespace ${scene.awaited.namespace}`,
    hint: 'Check egress rules, network policies and proxies for huggingface.co and *.hf.co, or name a mirror and run again with: --download-env HF_ENDPOINT=URL',
  }),
  'not-writable': subject => ({
    why: `${claimOf(subject) === '' ? 'the folder' : `the volume of the claim ${claimOf(subject)}`} cannot be written by the pod's user (1000)`,
    hint: 'Mount the claim writable, with a storage class that honours fsGroup or an owner of 1000.',
  }),
};

export const sayFetch = (kind: FetchClass, subject: Subject): Said => sayings[kind](subject);

const cause = (kind: FetchClass, sign: RegExp): LogCause => ({
  rule: fetchRules[kind],
  sign,
  say: (_, subject) => sayings[kind](subject),
});

/** In this order: a gated model answers 401 or 403 like a wrong token, and a full disk may be told as a broken connection. */
export const fetchCauses: readonly LogCause[] = [
  cause('disk-full', /No space left on device|Disk quota exceeded|os error (?:28|122)\b/),
  cause(
    'gated',
    /GatedRepo|Cannot access gated repo|is restricted and you are not in the authorized list|This repository requires approval|Failed to fetch (?:file .*\(40[13] |model .*\(403 )/,
  ),
  cause('revision-not-found', /RevisionNotFound|Revision Not Found for url/),
  cause(
    'token-invalid',
    /Invalid (?:user token|credentials in Authorization header)|Token is required|token seems invalid/i,
  ),
  cause(
    'not-found',
    /RepositoryNotFound|Repository Not Found for url|Repository not found\. Check|Failed to fetch model .*\(40[14] /,
  ),
  cause('rate-limited', /429 Client Error|Too Many Requests|rate limit/i),
  cause('not-writable', /\[Errno (?:1|13|30)\] [\w -]+: '|PermissionError|Read-only file system/),
  cause('proxy', /ProxyError|407 Proxy Authentication|Unable to connect to proxy|Tunnel connection failed/),
  cause(
    'dns',
    /NameResolution|gaierror|[Nn]ame or service not known|Temporary failure in name resolution|No address associated|dns error/,
  ),
  cause(
    'unreachable',
    /LocalEntryNotFound|FileMetadataError|ConnectTimeout|ConnectionError|Max retries exceeded|ConnectError|ReadTimeout|Network is unreachable|Failed to fetch (?:model|file) .*error sending request|Connection (?:refused|timed out|reset)|OfflineModeIsEnabled|outgoing traffic has been disabled|CERTIFICATE_VERIFY_FAILED|\b50\d Server Error|ChunkedEncodingError|IncompleteRead|Data processing error: CAS/,
  ),
  cause('token-invalid', /401 Client Error/),
];
