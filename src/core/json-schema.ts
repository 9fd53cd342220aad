/** JSON schemas of the answers file and of config.json, made from the same table as prompts, flags and help. */

import { platforms } from './config.ts';
import type { SettingTable, Spec } from './schema.ts';

type Schema = Readonly<Record<string, unknown>>;

const draft = 'https://json-schema.org/draft/2020-12/schema';

const valueSchema = (spec: Spec): Schema => {
  const described = {
    description: spec.summary,
    ...(spec.default === null ? {} : { default: spec.default }),
  };
  switch (spec.kind) {
    case 'text':
      return {
        type: 'string',
        ...described,
        ...(spec.maxLength === undefined ? {} : { maxLength: spec.maxLength }),
      };
    case 'integer':
    case 'number':
      return { type: spec.kind, ...described, minimum: spec.min, maximum: spec.max };
    case 'switch':
      return { type: 'boolean', ...described };
    case 'choice':
      return { type: 'string', ...described, enum: spec.choices.map(choice => choice.value) };
    case 'list':
      return { type: 'array', ...described, items: { type: 'string' } };
  }
};

export const answersSchema = (table: SettingTable): Schema => ({
  $schema: draft,
  title: 'Answers of dynamo-installer',
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(table).map(([key, spec]) => [key, valueSchema(spec)])),
});

type Branch = { type: 'object'; additionalProperties: false; properties: Record<string, Branch | Schema> };

const branch = (): Branch => ({ type: 'object', additionalProperties: false, properties: {} });

const isBranch = (node: Branch | Schema | undefined): node is Branch =>
  node?.type === 'object' && 'properties' in node;

const grow = (at: Branch, path: readonly string[], leaf: Schema): void => {
  const [word = '', ...rest] = path;
  if (rest.length === 0) {
    at.properties[word] = leaf;
    return;
  }
  const found = at.properties[word];
  const next = isBranch(found) ? found : branch();
  at.properties[word] = next;
  grow(next, rest, leaf);
};

export const configSchema = (table: SettingTable): Schema => {
  const root = branch();
  root.properties.$schema = { type: 'string' };
  for (const spec of Object.values(table)) {
    for (const platform of platforms) {
      grow(root, spec.config.replace('<platform>', platform).split('.'), valueSchema(spec));
    }
  }
  return { $schema: draft, title: 'config.json of dynamo-installer', ...root };
};
