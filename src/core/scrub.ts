/** Takes secrets out of what is given away: whole objects and texts, by the names they stand under, by their form, and wherever else they stand. */

import { redact } from './redact.ts';

const hidden = '***';

/** Words that say that what follows them is a secret. `tokens`, `tokenizer` and `token_id` say nothing of the kind. */
const words =
  'token(?![a-z]|[_-]?(?:id|ids|type|limit|budget|length|count))|password|passwd|passphrase|secret(?!s?[_-]?(?:name|ref)|Name|Ref|KeyRef)|credentials?(?![a-z])|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|license[_-]?key|authorization|cookie|connection[_-]?string|webhook[_-]?url';

const named = new RegExp(`(?:${words})`, 'i');

/** Names of places and of objects, which are no secrets themselves. */
const harmless = /(?:_FILE|_PATH|_DIR|Path|Name|Ref|_NAME)$/;

/** Whether a variable, an annotation or a member of this name holds a secret. */
export const isSecretName = (name: string): boolean => named.test(name) && !harmless.test(name);

const flag = /^--?[\w.-]+$/;

/** Secrets by their form, each with what is kept in front as its first group. */
const forms: readonly RegExp[] = [
  // GitHub, GitLab, NVIDIA, OpenAI and the like, Slack, npm, PyPI, Google; ids of AWS keys; JSON web tokens.
  /()\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|nvapi-[\w-]{16,}|sk-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{20,}|AIza[\w-]{30,}|dop_v1_[0-9a-f]{30,})/g,
  /()\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g,
  /()\beyJ[\w-]{8,}\.[\w-]{4,}\.?[\w-]*/g,
  /(\bhf_)[A-Za-z0-9]{8,}/g,
  /(\b(?:Bearer|Basic)\s+)[\w.~+/=-]{4,}/gi,
  /(-----BEGIN [A-Z0-9 ]+-----)[\s\S]*?(?=-----END [A-Z0-9 ]+-----|$(?![\s\S]))/g,
  /(\b(?:certificate-authority-data|client-certificate-data|client-key-data|id-token|refresh-token)["']?\s*:\s*["']?)[^\s"',]+/gi,
  /(\bauthorization["']?\s*[=:]\s*["']?)[^"'\n]+/gi,
  new RegExp(
    `(\\b[\\w.-]{0,64}(?:${words})[\\w.-]{0,64}["']?\\s*[=:]\\s*[["'({]*)[^\\s"',;&)}\\]*][^\\s"',;&)}\\]]*`,
    'gi',
  ),
  new RegExp(
    `(--?[\\w-]{0,64}(?:${words})[\\w-]{0,64}["']?,?\\s+["']?)[^\\s"',;&)}\\]*-][^\\s"',;&)}\\]]*`,
    'gi',
  ),
];

/** A text without these secrets and without everything that looks like one; rather too much than too little. */
export const scrubText = (text: string, known: readonly string[]): string =>
  forms.reduce((rest, form) => rest.replace(form, `$1${hidden}`), redact(text, known));

type Data = Readonly<Record<string, unknown>>;

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{ name: HF_TOKEN, value: … }`, as variables of containers are written. */
const isVariable = (value: Data): value is Data & { readonly name: string; readonly value: string } =>
  typeof value.name === 'string' && typeof value.value === 'string';

/** Members of no use to anybody who reads a bundle, and in which everything else is repeated. */
const left: readonly string[] = ['managedFields', 'kubectl.kubernetes.io/last-applied-configuration'];

type Visit = {
  /** A text that its name calls a secret. */
  readonly secret: (value: string) => string;
  readonly text: (value: string) => string;
};

const argumentsOf = (items: readonly unknown[], visit: Visit): unknown[] =>
  items.map((item, at) => {
    const before = items[at - 1];
    const behind = typeof before === 'string' && flag.test(before) && isSecretName(before.replace(/^-+/, ''));
    if (typeof item !== 'string') return walk(item, visit);
    return behind && !item.startsWith('-') ? visit.secret(item) : walk(item, visit);
  });

/** A text that is JSON itself, as annotations often are, is looked through like the rest. */
const textOf = (value: string, visit: Visit): string => {
  if (!/^\s*[[{]/.test(value)) return visit.text(value);
  try {
    return JSON.stringify(walk(JSON.parse(value), visit));
  } catch {
    return visit.text(value);
  }
};

const flagged = /^(--?([\w.-]+)=)(.+)$/s;

const stringOf = (value: string, visit: Visit): string => {
  const [, head = '', name = '', rest = ''] = flagged.exec(value) ?? [];
  return isSecretName(name) && rest !== '' ? head + visit.secret(rest) : textOf(value, visit);
};

const memberOf = (key: string, value: unknown, visit: Visit): unknown =>
  typeof value === 'string' && value !== '' && isSecretName(key) ? visit.secret(value) : walk(value, visit);

const walk = (value: unknown, visit: Visit): unknown => {
  if (typeof value === 'string') return stringOf(value, visit);
  if (Array.isArray(value)) return argumentsOf(value, visit);
  if (!isData(value)) return value;
  if (isVariable(value) && value.value !== '' && isSecretName(value.name))
    return { ...value, value: visit.secret(value.value) };
  const members = Object.entries(value).filter(([key]) => !left.includes(key));
  return Object.fromEntries(members.map(([key, member]) => [visit.text(key), memberOf(key, member, visit)]));
};

/** Shorter ones would take ordinary words out of every text. */
const shortest = 6;

/** The secrets that stand in an object under a name that says so, to be looked for everywhere else. */
export const secretsIn = (object: unknown): string[] => {
  const found = new Set<string>();
  walk(object, {
    secret: value => {
      if (value.length >= shortest) found.add(value);
      return hidden;
    },
    text: value => value,
  });
  return [...found];
};

/** The same object without secrets. */
export const scrubObject = (object: unknown, known: readonly string[]): unknown =>
  walk(object, { secret: () => hidden, text: value => scrubText(value, known) });
