/** Takes secrets out of text that others wrote, such as log lines, before it is shown or saved. */

const hidden = '***';

/** Each with what is kept in front of the secret as its first group. */
const secrets: readonly RegExp[] = [
  // Tokens of the Hugging Face Hub, wherever they stand.
  /(\bhf_)(?:(?:oauth|jwt)_[\w.~+/=-]{16,}|[A-Za-z0-9]{16,})/g,
  /(\bBearer\s+)[\w.~+/-]{8,}=*/gi,
  // User and password in an address.
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+(?=@)/gi,
  // Signed addresses, which anybody who reads them could use.
  /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|Policy|Key-Pair-Id|token)=)[^&\s'"]+/gi,
  // Names that say so, with a value long enough to be a secret; eos_token and its like are none.
  /(\b[A-Z0-9_]*(?:TOKEN|PASSWORD|SECRET|API_KEY|ACCESS_KEY)["']?\s*[=:]\s*["']?)[^\s"',;&]{8,}/g,
  /(\b(?:password|passwd|api[_-]?key|client_secret|(?:access|auth)_token)["']?\s*[=:]\s*["']?)[^\s"',;&]{8,}/gi,
];

/** A secret as it stands in plain text, in JSON and in an address. */
const spellings = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret.replaceAll(/\p{Cs}/gu, '')),
];

/** The text with `***` in place of each of these secrets; empty ones are nothing. */
export const hide = (text: string, known: readonly string[]): string => {
  const wanted = known.filter(secret => secret !== '').flatMap(spellings);
  // A secret that is part of another must not leave the other's rest behind.
  const longestFirst = [...new Set(wanted)].toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
};

/** The text with `***` in place of these secrets and of every one that can be told by its form. */
export const redact = (text: string, known: readonly string[] = []): string =>
  secrets.reduce((rest, secret) => rest.replace(secret, `$1${hidden}`), hide(text, known));
