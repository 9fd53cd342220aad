/** `check` from outside: as text, as JSON and as JUnit; the rights that it prints are enough, and fewer are told before anything is done. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kit/cluster/api/client.ts';
import { certificateUser, writeConfig } from '../kit/cluster/control/kubeconfig.ts';
import { MODEL } from '../kit/hub.ts';
import { type Ended, eventsOf, verb } from '../kit/program.ts';
import { parseXml, type XmlElement } from '../kit/xml.ts';
import { deployWords, NAMESPACE, PATIENCE, runIn, useHub } from './installing.ts';
import { describeWithFrontend } from './support.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const TEAM = 'team';

type Result = {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
  readonly hint: string;
};
type Report = {
  readonly cluster: { readonly context: string; readonly namespace: string };
  readonly checks: readonly Result[];
  readonly findings: readonly { readonly rule: string; readonly level: string; readonly message: string }[];
};

const outcomes = ({ checks }: Report, outcome: string): string[] =>
  checks.filter(one => one.outcome === outcome).map(({ code }) => code);

const childrenOf = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter(child => child.name === name);

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };

await describeWithFrontend('check', { release: '1.5.1' }, cluster => {
  const hub = useHub();
  const check = (...words: readonly string[]): Promise<Ended> =>
    runIn(cluster(), hub(), verb('check', '--model', MODEL, '--storage-class', 'efs', ...words));
  const report = async (...words: readonly string[]): Promise<{ code: number; report: Report }> => {
    const { code, stdout, stderr } = await check(...words, '-o', 'json');
    expect(stderr).toBe('');
    return { code, report: JSON.parse(stdout) as Report };
  };
  const writes = (): string[] =>
    cluster()
      .audit()
      .filter(({ verb, uri }) => /create|patch|update|delete/.test(verb) && !uri.includes('dryRun'))
      .filter(({ resource }) => !/^selfsubject|^pods\/portforward/.test(resource))
      .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);

  describe('of a healthy cluster', () => {
    test('as text: a line for each check, a sum, and 0', PATIENCE, async () => {
      const { code, stdout } = await check();
      expect(code).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      const good = lines.filter(line => line.startsWith('ok ')).length;
      expect(good).toBeGreaterThan(12);
      expect(lines.at(-1)).toBe(`${good} checks: ${good} ok.`);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    });

    test('as JSON: the same, and which cluster it is about', PATIENCE, async () => {
      const { code, report: said } = await report();
      expect(code).toBe(0);
      expect(said.cluster).toMatchObject({ context: 'admin', namespace: NAMESPACE });
      expect(outcomes(said, 'pass')).toHaveLength(said.checks.length);
      expect(said.findings.filter(({ level }) => level !== 'info')).toEqual([]);
    });

    test('as JUnit', PATIENCE, async () => {
      const { code, stdout } = await check('-o', 'junit');
      expect(code).toBe(0);
      const suites = parseXml(stdout);
      expect(suites.name).toBe('testsuites');
      const [suite] = childrenOf(suites, 'testsuite');
      const cases = suite === undefined ? [] : childrenOf(suite, 'testcase');
      expect(cases.length).toBeGreaterThan(12);
      expect(suite?.attributes).toMatchObject({ tests: String(cases.length), failures: '0', skipped: '0' });
      expect(cases.map(({ attributes }) => attributes.name)).toContain(
        'namespace: the namespace is there or will be created',
      );
    });

    test('leaves a snapshot that manifests can be made of without the cluster', PATIENCE, async () => {
      const ended = await check('--save-snapshot', 'facts.json');
      const facts = join(ended.cwd, 'facts.json');
      expect(JSON.parse(readFileSync(facts, 'utf8'))).toMatchObject({ operatorRelease: '1.5.1' });
      const rendered = await runIn(cluster(), hub(), verb('render', '--model', MODEL, '--snapshot', facts));
      expect(rendered.code).toBe(0);
      expect(rendered.stdout).toMatch(/apiVersion: "?nvidia\.com\/v1beta1/);
    });

    test('changes nothing', () => {
      expect(cluster().audit().length).toBeGreaterThan(50);
      expect(writes()).toEqual([]);
    });
  });

  describe('that fails', () => {
    const words = ['--replicas', '99', '--tensor-parallel-size', '8'];

    test('ends with the code of the first error, as text and JSON', PATIENCE, async () => {
      const { code, stdout } = await check(...words);
      expect(code).toBe(69);
      expect(stdout).toMatch(/^FAILED /m);
      expect(stdout).toMatch(/checks: \d+ ok, 1 failed/);
      const { code: again, report: said } = await report(...words);
      expect(again).toBe(69);
      const [failed = ''] = outcomes(said, 'fail');
      expect(outcomes(said, 'fail')).toHaveLength(1);
      expect(said.findings.find(({ level }) => level === 'error')?.rule).toBe(failed);
      const { code: skipped, report: lifted } = await report(...words, '--skip-check', failed);
      expect(skipped).toBe(0);
      expect(outcomes(lifted, 'warn')).toContain(failed);
    });

    test('is a failure in JUnit, with the sentence and what to do', PATIENCE, async () => {
      const { code, stdout } = await check(...words, '-o', 'junit');
      expect(code).toBe(69);
      const [suite] = childrenOf(parseXml(stdout), 'testsuite');
      expect(suite?.attributes.failures).toBe('1');
      const cases = suite === undefined ? [] : childrenOf(suite, 'testcase');
      const [failure] = cases.flatMap(each => childrenOf(each, 'failure'));
      expect(failure?.attributes.message).toMatch(/^792 GPUs are needed.*\(--replicas\)/);
    });
  });

  test('stays XML whatever is quoted in it', PATIENCE, async () => {
    const context = `a<b>&"c'd`;
    const { code, stdout } = await check('--context', context, '-o', 'junit');
    expect(code).toBe(69);
    const [suite] = childrenOf(parseXml(stdout), 'testsuite');
    const [only] = suite === undefined ? [] : childrenOf(suite, 'testcase');
    expect(only?.children[0]?.attributes.message).toContain(`no context named ${context}`);
  });

  test('of a namespace in which nothing is allowed ends with 77', PATIENCE, async () => {
    const { code, report: said } = await report('--context', 'restricted', '-n', 'default');
    expect(code).toBe(77);
    expect(outcomes(said, 'fail')).toEqual(['permissions']);
    const install = await runIn(cluster(), hub(), [
      ...deployWords('no', '-n', 'default', '--context', 'restricted'),
      ...['-o', 'json'],
    ]);
    expect(install.code).toBe(77);
    expect(eventsOf(install.stdout).at(-1)).toMatchObject({ kind: 'result', verdict: 'refused' });
    expect(writes()).toEqual([]);
  });

  describe('--print-rbac', () => {
    let printed: Ended;
    let objects: KubeObject[];
    let kubeconfig: string;

    const bind = (role: KubeObject): KubeObject => ({
      apiVersion: RBAC,
      kind: `${role.kind}Binding`,
      metadata: { ...role.metadata },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name: role.metadata.name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'deployer' }],
    });
    const roleOf = (kind: string): KubeObject => {
      const found = objects.find(object => object.kind === kind);
      if (found === undefined) throw new Error(`There is no ${kind}.`);
      return found;
    };
    const allow = async (role: KubeObject): Promise<void> => {
      for (const object of [role, roleOf('ClusterRole'), bind(role), bind(roleOf('ClusterRole'))])
        await cluster().objects.apply(object);
    };
    const as = (words: readonly string[]): Promise<Ended> =>
      runIn(cluster(), hub(), words, { env: { KUBECONFIG: kubeconfig } });
    const install = (...words: readonly string[]): Promise<Ended> =>
      as([...deployWords('rights', '-n', TEAM, '-o', 'json'), ...words]);

    beforeAll(async () => {
      const { plane, objects: api } = cluster();
      await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } });
      printed = await runIn(cluster(), hub(), verb('check', '--print-rbac', '-n', TEAM));
      objects = parseAllDocuments(printed.stdout).map(each => each.toJS() as KubeObject);
      kubeconfig = join(plane.folder.path, 'deployer.kubeconfig');
      const user = certificateUser(plane.authority.issue({ name: 'deployer' }));
      writeConfig(kubeconfig, plane.server, plane.authority, [{ name: 'deployer', user }]);
    }, PATIENCE.timeout);

    test('prints a Role for the namespace and a ClusterRole that only reads', () => {
      expect(printed.code).toBe(0);
      expect(objects.map(({ kind }) => kind)).toEqual(['Role', 'ClusterRole']);
      expect(roleOf('Role').metadata.namespace).toBe(TEAM);
      const verbs = (roleOf('ClusterRole').rules as Rule[]).flatMap(rule => rule.verbs);
      expect([...new Set(verbs)].toSorted()).toEqual(['get', 'list']);
      expect(printed.stderr).toContain('kubectl create rolebinding');
    });

    test('without any of it the program says what is missing, and does nothing', PATIENCE, async () => {
      const { code, stdout } = await as(verb('check', '--model', MODEL, '-n', TEAM, '-o', 'json'));
      expect(code).toBe(77);
      expect(outcomes(JSON.parse(stdout) as Report, 'fail')).toEqual(['permissions']);
    });

    test('without "create" on jobs nothing is applied', PATIENCE, async () => {
      const rules = (roleOf('Role').rules as Rule[]).map(rule =>
        rule.resources.includes('jobs')
          ? { ...rule, verbs: rule.verbs.filter(one => one !== 'create') }
          : rule,
      );
      await allow({ ...roleOf('Role'), rules });
      const before = writes().length;
      const ended = await install();
      expect(ended.code).toBe(77);
      const errors = ((eventsOf(ended.stdout).at(-1)?.findings ?? []) as Report['findings']).filter(
        ({ level }) => level === 'error',
      );
      expect(errors.map(({ rule }) => rule)).toEqual(['permissions']);
      expect(errors[0]?.message).toMatch(/create .*jobs/);
      expect(writes().slice(before)).toEqual([]);
    });

    test('with the Role alone what is not readable is unknown and no failure', PATIENCE, async () => {
      await cluster().objects.apply(roleOf('Role'));
      await cluster().objects.remove(bind(roleOf('ClusterRole')));
      const { code, stdout } = await as(verb('check', '--model', MODEL, '-n', TEAM, '-o', 'json'));
      const said = JSON.parse(stdout) as Report;
      expect(outcomes(said, 'fail')).toEqual([]);
      expect(outcomes(said, 'unknown').length).toBeGreaterThan(3);
      expect(code).toBe(0);
      const junit = await as(verb('check', '--model', MODEL, '-n', TEAM, '-o', 'junit'));
      const [suite] = childrenOf(parseXml(junit.stdout), 'testsuite');
      expect(suite?.attributes).toMatchObject({
        failures: '0',
        skipped: String(outcomes(said, 'unknown').length),
      });
    });

    test(
      'with both a whole deployment works, and nothing that was asked for was forbidden',
      PATIENCE,
      async () => {
        await cluster().objects.apply(bind(roleOf('ClusterRole')));
        const from = cluster().audit().length;
        const ended = await install('--mode', 'disaggregated', '--kv-router');
        expect(eventsOf(ended.stdout).at(-1)).toMatchObject({ verdict: 'serving' });
        expect(ended.code).toBe(0);
        const forbidden = cluster()
          .audit()
          .slice(from)
          .filter(({ code }) => code === 403);
        expect(forbidden.map(({ verb, uri }) => `${verb} ${uri}`)).toEqual([]);
      },
    );

    test('with both every verb of the days after works too, and nothing is forbidden', PATIENCE, async () => {
      const from = cluster().audit().length;
      const days = [
        verb('list', '-n', TEAM),
        verb('status', 'rights', '-n', TEAM),
        verb('logs', 'rights', '-n', TEAM),
        verb('endpoint', 'rights', '-n', TEAM),
        verb('chat', 'rights', '-n', TEAM, '-p', 'Hello', '--max-tokens', '3'),
        verb('diff', 'rights', '-n', TEAM),
        verb('diagnose', 'rights', '-n', TEAM, '--bundle', 'rights.tar.gz'),
        verb('uninstall', 'rights', '-n', TEAM, '--yes', '--delete-model-cache', '--delete-token-secret'),
      ];
      for (const words of days) expect(await as(words), words.join(' ')).toMatchObject({ code: 0 });
      const forbidden = cluster()
        .audit()
        .slice(from)
        .filter(({ code }) => code === 403);
      // Values of Secrets and the logs of other namespaces are nothing to ask for; both are done without.
      const allowed = /^get \/api\/v1\/namespaces\/(team\/secrets\/\S+|dynamo-system\/pods\/\S+\/log)$/;
      const others = forbidden.map(({ verb, uri }) => `${verb} ${uri.replace(/\?.*/, '')}`);
      expect(others.filter(call => !allowed.test(call))).toEqual([]);
    });
  });
});
