/** A reader of XML that takes elements, attributes and text, and refuses everything that is not well-formed. */

export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
};

type Open = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Errors: a bare `&`, an entity that XML does not know, a character that it does not allow. */
const decoded = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML 1.0 does not allow.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff<]/.test(text)) throw new Error(`Not XML: ${text}`);
  return text.replace(/&(\w*)(;?)/g, (whole, name: string, end: string) => {
    const value = entities[name];
    if (value === undefined || end === '') throw new Error(`No entity: ${whole}`);
    return value;
  });
};

const attributesOf = (text: string): Record<string, string> => {
  const found: Record<string, string> = {};
  const rest = text.replace(/\s+([\w:-]+)="([^"]*)"/g, (_, name: string, value: string) => {
    if (name in found) throw new Error(`Twice in ${text}: ${name}`);
    found[name] = decoded(value);
    return '';
  });
  if (rest.trim() !== '') throw new Error(`No attributes: ${text}`);
  return found;
};

const tag = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/y;

const newElement = (name: string, attributes: Record<string, string>): Open => ({
  name,
  attributes,
  children: [],
  text: '',
});

/** The outermost element. Errors: a sentence with what is wrong. */
export const parseXml = (document: string): XmlElement => {
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '').trimEnd();
  const outside = newElement('', {});
  const open: Open[] = [outside];
  const innermost = (): Open => open.at(-1) ?? outside;
  const enter = ([, closes, name = '', attributes = '', empty]: RegExpExecArray): void => {
    if (closes === '/') {
      if (open.length < 2 || open.pop()?.name !== name) throw new Error(`</${name}> closes nothing.`);
      return;
    }
    const element = newElement(name, attributesOf(attributes));
    innermost().children.push(element);
    if (empty !== '/') open.push(element);
  };
  for (let at = 0; at < body.length; ) {
    tag.lastIndex = at;
    const found = tag.exec(body);
    const next = found === null ? body.indexOf('<', at + 1) : tag.lastIndex;
    const end = next < 0 ? body.length : next;
    if (found === null) innermost().text += decoded(body.slice(at, end));
    else enter(found);
    at = end;
  }
  const [root, ...others] = outside.children;
  if (root === undefined || others.length > 0 || open.length > 1 || outside.text.trim() !== '')
    throw new Error('It is not one element that is closed.');
  return root;
};
