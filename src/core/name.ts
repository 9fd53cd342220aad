/** Names that Kubernetes accepts: DNS-1035 labels, and what is wrong with one that is not. */

export const dns1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const dns1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Longest name offered by default; leaves room for what the operator appends. */
const defaultNameLength = 25;

/** The last path segment of a model id, lower-case, cut to 25 characters, made a valid DNS-1035 name. */
export const nameFromModel = (model: string): string => {
  const last = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const plain = last.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '');
  const lettered = /^[a-z]/.test(plain) ? plain : `m-${plain}`;
  const name = lettered.slice(0, defaultNameLength).replace(/-+$/, '');
  return name === '' ? 'model' : name;
};

const wrongLabel = (value: string, what: string, firstIsLetter: boolean): string | undefined => {
  if (value === '') return `${what} is empty; use lower-case letters, digits and dashes, such as qwen3-30b.`;
  if (/[A-Z]/.test(value))
    return `${what} "${value}" has upper-case letters; write "${value.toLowerCase()}".`;
  const bad = /[^-a-z0-9]/u.exec(value)?.[0];
  if (bad !== undefined)
    return `${what} "${value}" has the character "${bad}"; only lower-case letters, digits and dashes are allowed.`;
  if (value.startsWith('-') || value.endsWith('-'))
    return `${what} "${value}" begins or ends with a dash; it must begin with a letter and end with a letter or digit.`;
  if (firstIsLetter && /^\d/.test(value))
    return `${what} "${value}" begins with a digit; it must begin with a letter.`;
  return undefined;
};

/** One sentence against a name that is no DNS-1035 label of at most `max` characters, or undefined. */
export const wrongName = (value: string, what: string, max = 63): string | undefined => {
  const shown = value.length > 80 ? `${value.slice(0, 77)}...` : value;
  if (value.length > max)
    return `${what} "${shown}" has ${value.length} characters; at most ${max} are allowed.`;
  return wrongLabel(value, what, true);
};

/** The same for DNS-1123 labels (namespaces, claims), which may begin with a digit. */
export const wrongLabel1123 = (value: string, what: string): string | undefined => {
  if (value.length > 63) return `${what} has ${value.length} characters; at most 63 are allowed.`;
  return dns1123.test(value) ? undefined : wrongLabel(value, what, false);
};

/** A Secret's or storage class's name: DNS-1123 subdomain. */
export const wrongSubdomain = (value: string, what: string): string | undefined => {
  if (value.length > 253) return `${what} has ${value.length} characters; at most 253 are allowed.`;
  for (const part of value.split('.')) {
    const problem = wrongLabel1123(part, what);
    if (problem !== undefined) return problem;
  }
  return undefined;
};
