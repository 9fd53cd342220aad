/** Check results as lines, as JUnit XML, and the permissions as a Role. */

import type { CheckResult, Outcome } from '../core/check.ts';
import type { Permission } from '../core/permission.ts';
import { yamlText } from '../core/yaml.ts';
import type { Paint } from './paint.ts';
import { hintLines, wrap } from './wrap.ts';

/** Words beside signs: a screen reader reads them, and colour is not needed. */
const marks: Readonly<Record<Outcome, string>> = {
  pass: 'ok',
  warn: 'warning',
  fail: 'FAILED',
  unknown: 'unknown',
};

const painted = (outcome: Outcome, paint: Paint): string => {
  const colors: Record<Outcome, (text: string) => string> = {
    pass: paint.green,
    warn: paint.yellow,
    fail: paint.red,
    unknown: paint.dim,
  };
  return colors[outcome](marks[outcome]);
};

const gap = ' '.repeat(8);

const linesOf = (result: CheckResult, paint: Paint, columns: number): string[] => {
  const [first = '', ...more] = wrap(result.message || result.title, columns, gap);
  return [
    painted(result.outcome, paint) + first.slice(marks[result.outcome].length),
    ...more,
    ...(result.outcome === 'pass' || result.hint === '' ? [] : hintLines(result.hint, columns)),
    ...(result.outcome === 'pass' ? [] : [paint.dim(`  (${result.code})`)]),
  ];
};

/** One or more lines each, in the order of the checks. */
export const checkLines = (results: readonly CheckResult[], paint: Paint, columns: number): string[] =>
  results.flatMap(result => linesOf(result, paint, columns));

const counted = (results: readonly CheckResult[], outcome: Outcome, word: string): string[] => {
  const count = results.filter(result => result.outcome === outcome).length;
  return count === 0 ? [] : [`${count} ${word}`];
};

/** `23 checks: 21 ok, 1 with a warning, 1 unknown`. */
export const checkTally = (results: readonly CheckResult[]): string =>
  `${results.length} ${results.length === 1 ? 'check' : 'checks'}: ${[
    ...counted(results, 'pass', 'ok'),
    ...counted(results, 'fail', 'failed'),
    ...counted(results, 'warn', 'with a warning'),
    ...counted(results, 'unknown', 'unknown'),
  ].join(', ')}`;

const escaped = (text: string): string =>
  text
    // Control characters have no place in XML 1.0.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const caseOf = ({ code, title, outcome, message, hint }: CheckResult, suite: string): string => {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(`${code}: ${title}`)}"`;
  if (outcome === 'pass') return `${open}/>`;
  const text = escaped(`${message} ${hint}`.trim());
  if (outcome === 'fail') return `${open}><failure message="${text}"/></testcase>`;
  if (outcome === 'unknown') return `${open}><skipped message="${text}"/></testcase>`;
  return `${open}><system-out>${text}</system-out></testcase>`;
};

/** JUnit: a failure is a failure, what could not be read is skipped, a warning is output. */
export const junitText = (results: readonly CheckResult[], suite: string): string => {
  const failures = results.filter(result => result.outcome === 'fail').length;
  const skipped = results.filter(result => result.outcome === 'unknown').length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escaped(suite)}" tests="${results.length}" failures="${failures}" skipped="${skipped}">`,
    ...results.map(result => caseOf(result, suite)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

type Rule = { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] };

const rulesOf = (permissions: readonly Permission[]): Rule[] =>
  permissions.map(({ group, resource, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [...verbs],
  }));

const role = (
  kind: 'Role' | 'ClusterRole',
  name: string,
  namespace: string | null,
  rules: readonly Rule[],
) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace === null ? {} : { namespace }) },
  rules,
});

/** A Role for the namespace and a ClusterRole for what is read beyond it, as YAML to apply. */
export const rbacText = (permissions: readonly Permission[], namespace: string): string => {
  const name = 'dynamo-installer';
  const inside = rulesOf(permissions.filter(permission => permission.namespaced));
  const beyond = rulesOf(permissions.filter(permission => !permission.namespaced));
  return [
    role('Role', name, namespace, inside),
    ...(beyond.length === 0 ? [] : [role('ClusterRole', `${name}-reader`, null, beyond)]),
  ]
    .map(object => yamlText(object))
    .join('---\n');
};
