/** Turns what a compiled JSON schema complains about into findings. */

import type { Finding } from './finding.ts';
import type { KubernetesObject } from './manifest.ts';
import { shown } from './text.ts';

/** One complaint of a compiled validator. */
export type Complaint = {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly keyword: string;
};

/** A validator compiled ahead of time: true, or false with `errors` set. */
export type Validator = { (data: unknown): boolean; errors?: readonly Complaint[] | null };

/** `kind/name: spec.services.worker` */
const placeOf = (object: KubernetesObject, instancePath: string): string =>
  `${object.kind}/${object.metadata.name}: ${instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/')}`;

const sentence = (object: KubernetesObject, complaint: Complaint): string => {
  const extra =
    complaint.params.additionalProperty ?? complaint.params.allowedValues ?? complaint.params.allowedValue;
  const detail = extra === undefined ? '' : ` (${shown(extra)})`;
  return `${placeOf(object, complaint.instancePath)} ${complaint.message ?? complaint.keyword}${detail}.`;
};

/** Findings of one object against its validator; `unknown field` is kept apart, because other writers may use fields that we do not. */
export const schemaFindings = (validator: Validator, object: KubernetesObject): Finding[] => {
  if (validator(object)) return [];
  return (validator.errors ?? []).map(complaint => ({
    rule: complaint.keyword === 'additionalProperties' ? 'manifest-unknown-field' : 'manifest-schema',
    level: 'error',
    path: placeOf(object, complaint.instancePath),
    message: sentence(object, complaint),
    hint: 'If a template or a file was edited, take the change back: git checkout templates',
  }));
};
