/** Turns a refusal of the API server, a webhook or the CRD's schema into the answer that caused it. */

import type { Finding } from '../../../core/finding.ts';
import type { KubernetesObject } from '../../../core/manifest.ts';
import type { Refused } from '../../../core/refused.ts';
import type { Values } from '../../../core/settings.ts';
import { clusterRules } from './admission/cluster-rules.ts';
import { objectRules } from './admission/object-rules.ts';
import { type AdmissionRule, plain, type Said, type Told, toldOf } from './admission/rule.ts';
import { finding } from './rule.ts';

const rules: readonly AdmissionRule[] = [...clusterRules, ...objectRules];

/** Without `The cluster refused this (422): ` before it. */
const wordsOf = (message: string): string => message.replace(/^[^(\n]{0,200}\(\d{3}\): /, '');

const said = (rule: AdmissionRule, told: Told): { readonly code: string; readonly said: Said }[] =>
  [...told.words.matchAll(rule.pattern)].flatMap(match => {
    const one = rule.say(
      match.slice(1).map(group => group ?? ''),
      told,
    );
    return one === null ? [] : [{ code: rule.code, said: one }];
  });

/** What no rule knows is told in the API server's own words. */
const unknown = (told: Told): Finding => {
  const denied = /denied the request: (.+)/s.exec(told.words)?.[1];
  // What follows is the difference of the objects, line by line.
  const [first = ''] = (denied ?? told.words).split('\n@@');
  const words = plain(first.replaceAll(/\s+/g, ' '));
  return finding(
    denied === undefined ? 'admission-refused' : 'admission-denied',
    'error',
    '',
    `${denied === undefined ? 'The API server' : 'The Dynamo operator'} refuses ${told.subject}: ${words}.`,
    'Change what it names; ./cli nvidia-platform dynamo-vllm render shows the manifests.',
  );
};

/** A setting that is not there when the manifests come from elsewhere. */
const pathIn = (path: string, settings: Values | null): string =>
  settings === null && /^\w+$/.test(path) ? '' : path;

/**
 * At least one finding of level error. `path` is the setting that caused it (or the field, where a field is named);
 * `settings` is null for manifests that this program did not make.
 */
export const admissionFindings = (
  refused: Refused,
  object: KubernetesObject,
  settings: Values | null = {},
): Finding[] => {
  const told = toldOf(wordsOf(refused.message), object);
  const found = rules.flatMap(rule => said(rule, told));
  if (found.length === 0) return [unknown(told)];
  const distinct = new Map(found.map(one => [one.said.message, one]));
  return [...distinct.values()].map(({ code, said: { path, message, hint } }) =>
    finding(code, 'error', pathIn(path, settings), message, hint),
  );
};
