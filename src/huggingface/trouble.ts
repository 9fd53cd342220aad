/** Why nobody answered, in one sentence. */

/** What a request was up to when it failed. */
export type Way = {
  /** Such as https://huggingface.co. */
  readonly origin: string;
  /** Address of the proxy without credentials; null when there is none. */
  readonly proxy: string | null;
  /** The whole time that there was, seconds. */
  readonly seconds: number;
  /** Why it was ended from this side; null when it was not. */
  readonly ended: 'late' | 'interrupted' | null;
};

/** Of node:tls and OpenSSL: the other side's certificate, or its way to speak TLS. */
const tls = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_|ERR_TLS|ERR_SSL|EPROTO)/;

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not found (DNS)',
  EAI_AGAIN: 'its name cannot be looked up now (DNS)',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network to it',
  ETIMEDOUT: 'it does not take the connection',
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Of hpagent, when the proxy answers a CONNECT with anything but 200. */
const refusedByProxy = (error: unknown): string | undefined =>
  error instanceof Error ? /^Bad response: (\d+)/.exec(error.message)?.[1] : undefined;

/** The connection was lost, so that the same request may succeed on another. */
export const wasCut = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

const refusal = (status: string, { origin, proxy }: Way): string => {
  const advice = status === '407' ? 'it wants a name and password in HTTPS_PROXY' : 'see what it allows';
  return `The proxy ${proxy ?? 'on the way'} does not let a connection to ${origin} through (${status}); ${advice}.`;
};

const failure = (code: string, { origin, proxy }: Way): string => {
  if (tls.test(code)) {
    return `TLS with ${origin} fails (${code}); NODE_EXTRA_CA_CERTS names a file with the certificates of further authorities.`;
  }
  const cause = causes[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
  return proxy === null
    ? `${origin} cannot be reached: ${cause}.`
    : `The proxy ${proxy}, which is the way to ${origin}, cannot be used: ${cause}.`;
};

/** One sentence; it holds nothing that the other side said. */
export const sentenceOf = (error: unknown, way: Way): string => {
  if (way.ended === 'interrupted') return `The question to ${way.origin} was interrupted.`;
  if (way.ended === 'late') {
    const through = way.proxy === null ? '' : ` through the proxy ${way.proxy}`;
    return `${way.origin} did not answer within ${way.seconds} s${through}.`;
  }
  const status = refusedByProxy(error);
  return status === undefined ? failure(codeOf(error), way) : refusal(status, way);
};
