/** What the program is going to do with the API, as permissions, and whether a list of rules allows it. */

import type { AccessFact, AccessRule } from './cluster-facts.ts';

export type Permission = {
  readonly group: string;
  /** With its subresource, such as `pods/portforward`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** False for cluster-wide objects and lists over all namespaces. */
  readonly namespaced: boolean;
  /** Without it the installation cannot come true; otherwise something is only not seen. */
  readonly required: boolean;
  /** What it is for, such as `to download the model`. */
  readonly why: string;
};

const covers = (list: readonly string[], wanted: string): boolean =>
  list.includes('*') || list.includes(wanted);

const coversResource = (rule: AccessRule, resource: string): boolean => {
  if (covers(rule.resources, resource)) return true;
  const [, subresource] = resource.split('/');
  return subresource !== undefined && rule.resources.includes(`*/${subresource}`);
};

const allowsVerb = (rules: readonly AccessRule[], permission: Permission, verb: string): boolean =>
  rules.some(
    rule =>
      rule.names.length === 0 &&
      covers(rule.verbs, verb) &&
      covers(rule.groups, permission.group) &&
      coversResource(rule, permission.resource),
  );

/** Verbs of a permission that no rule allows. */
export const deniedVerbs = (access: AccessFact, permission: Permission): string[] =>
  permission.verbs.filter(verb => !allowsVerb(access.rules, permission, verb));
