/** The real CRDs beside the checkout, as validators that refuse unknown fields, as the API server does with strict validation. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { loadAll } from 'js-yaml';

type Schema = Record<string, unknown>;

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'crds');

/** Why the strict tier cannot run; undefined when it can. */
export const crdsMissing = existsSync(folder)
  ? undefined
  : 'the real CRDs do not stand beside the checkout (../shared/crds)';

/** `1.1` → folder name `1.1.0`, or undefined when that line has no CRD. */
export const crdFolderOf = (release: string): string | undefined => {
  const line = release.split('.').slice(0, 2).join('.');
  return crdsMissing === undefined
    ? readdirSync(folder).find(name => name === line || name.startsWith(`${line}.`))
    : undefined;
};

const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A structural schema as plain JSON schema; every object with known properties is closed. CEL rules are left to the API server. */
const closed = (schema: Schema): Schema => {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const pattern = typeof schema.pattern === 'string' ? { pattern: schema.pattern } : {};
    return { anyOf: [{ type: 'integer' }, { type: 'string', ...pattern }] };
  }
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const kept = Object.entries(schema).filter(
    ([key]) =>
      !key.startsWith('x-kubernetes-') && key !== 'description' && key !== 'format' && key !== 'default',
  );
  const mapped = Object.fromEntries(
    kept.map(([key, value]) => {
      if (key === 'properties' && isRecord(value))
        return [
          key,
          Object.fromEntries(
            Object.entries(value).map(([name, one]) => [name, isRecord(one) ? closed(one) : one]),
          ),
        ];
      if ((key === 'items' || key === 'additionalProperties') && isRecord(value)) return [key, closed(value)];
      return [key, value];
    }),
  );
  return 'properties' in mapped && !open && !('additionalProperties' in mapped)
    ? { ...mapped, additionalProperties: false }
    : mapped;
};

const metadata = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    labels: { type: 'object' },
    annotations: { type: 'object' },
  },
  required: ['name'],
  additionalProperties: false,
};

/** The validator of one served version of a release's CRD. */
export const crdValidator = (name: string, version: string): ValidateFunction => {
  const file = join(folder, name, 'nvidia.com_dynamographdeployments.yaml');
  const crd = loadAll(readFileSync(file, 'utf8')).find(
    document => document !== null && document !== undefined,
  ) as {
    spec: { versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[] };
  };
  const found = crd.spec.versions.find(one => one.name === version && one.served);
  if (found === undefined) throw new Error(`The CRD of ${name} does not serve ${version}.`);
  const schema = closed(found.schema.openAPIV3Schema);
  const properties = { ...(schema.properties as Schema), metadata };
  return new Ajv({ strict: false, allErrors: true, logger: false }).compile({ ...schema, properties });
};
