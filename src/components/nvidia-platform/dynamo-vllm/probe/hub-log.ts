/** Recognises in a frontend's log that it could not fetch a model's files from the Hub, and why. */

export type HubFailure = {
  /** Id that was asked for; empty when the line does not name it. */
  readonly model: string;
  /** Clause, such as `the request timed out`. */
  readonly reason: string;
  readonly line: string;
};

const hub = /hugging ?face|hf\.co|\bHF_ENDPOINT\b/i;
const failure = /\b(fail(ed|ure)?|error|unable|could ?n[o']t|cannot)\b/i;

/** What the network and the Hub say, most telling first. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/timed? ?out|deadline/i, 'the request timed out'],
  [
    /dns|name or service not known|name resolution|resolve host|getaddrinfo/i,
    'its name could not be resolved',
  ],
  [/connection refused|network is unreachable|no route/i, 'the network does not let it out'],
  [/proxy/i, 'the proxy refused'],
  [/certificate|tls|ssl/i, 'its certificate is not trusted'],
  [/\b429\b|too many requests/i, 'it answers 429, too many requests'],
  [/\b401\b|unauthori[sz]ed/i, 'it answers 401, the token is missing or wrong'],
  [/\b403\b|gated|forbidden/i, 'it answers 403, the licence is not accepted for the token'],
  [/\b404\b|not found/i, 'it answers 404, there is no such model'],
  [/offline/i, 'it is told to stay offline'],
];

const modelIn = (line: string): string =>
  /model[_ ](?:name: ?)?["']?([\w.-]+\/[\w.-]+)/i.exec(line)?.[1] ??
  /api\/models\/([\w.-]+\/[\w.-]+)/.exec(line)?.[1] ??
  '';

/** The last such line; null when there is none. */
export const hubFailureIn = (lines: readonly string[]): HubFailure | null => {
  const line = lines.findLast(each => hub.test(each) && failure.test(each));
  if (line === undefined) return null;
  const reason = reasons.find(([pattern]) => pattern.test(line))?.[1] ?? 'it could not be reached';
  return { model: modelIn(line), reason, line };
};

const longestEvidence = 160;

/** The last line that tells of an error, cut for a sentence; empty when none does. */
export const lastErrorIn = (lines: readonly string[]): string => {
  const line = lines.findLast(each => /\bERROR\b|\bTraceback\b|\bpanicked\b/.test(each)) ?? '';
  const bare = line.replace(/^\S*\d{4}-\d\d-\d\dT\S+\s+/, '').trim();
  return bare.length > longestEvidence ? `${bare.slice(0, longestEvidence - 3)}...` : bare;
};
