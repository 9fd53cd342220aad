import { describe, expect, it } from 'vitest';
import { diagnosisOf, isSound, type Sources } from '../../../../src/commands/diagnose/diagnosis.ts';
import { diagnosisJson, diagnosisLines } from '../../../../src/commands/diagnose/show.ts';
import { changedAt } from '../../../../src/commands/diagnose/since.ts';
import type { CheckResult } from '../../../../src/core/check.ts';
import type { Finding, Level } from '../../../../src/core/finding.ts';
import type { ProbeReport } from '../../../../src/core/probe.ts';
import type { Awaited, Outlook, RoleRow, Watching } from '../../../../src/core/sight.ts';
import { paintFor } from '../../../../src/output/paint.ts';

const now = Date.parse('2025-01-01T12:00:00Z');

const finding = (rule: string, level: Level = 'error'): Finding => ({
  rule,
  level,
  path: '',
  message: `${rule} happened.`,
  hint: `mend ${rule}`,
});

const row: RoleRow = {
  role: 'decode',
  ready: 0,
  wanted: 1,
  stage: 'loading weights 12/24',
  stageSince: now,
  node: 'n1',
  restarts: 2,
  note: '',
};

const awaited: Awaited = { name: 'chat', namespace: 'ns', objects: [], weightsBytes: null };
const watching = {
  limitSeconds: () => 600,
  lastWord: () => [finding('wait-timed-out'), finding('minor', 'warning')],
} as unknown as Watching;

const failedCheck: CheckResult = {
  code: 'gpu-placement',
  title: 't',
  outcome: 'fail',
  blame: 'unavailable',
  path: '',
  message: 'gpu-placement happened.',
  hint: '',
};

const sources = (
  outlook: Partial<Outlook>,
  more: { since?: number; report?: ProbeReport | null; metrics?: readonly Finding[] } = {},
): Sources =>
  ({
    looked: {
      sight: {
        now,
        since: more.since ?? now,
        graph: null,
        jobs: [],
        pods: [],
        events: [],
        logs: { 'p/main': ['HF_TOKEN=hf_abcdefghijklmnopqrst'] },
      },
      outlook: {
        done: false,
        rows: [row],
        download: null,
        notices: [],
        hopeless: [],
        evidence: [],
        logs: [],
        lookAgainAt: null,
        ...outlook,
      },
      unreadable: [finding('diagnose-unreadable', 'unknown')],
    },
    checked: { cluster: {}, results: [failedCheck] },
    report: more.report ?? null,
    measured: {
      figures: ['3 requests so far, 0 of them failed'],
      findings: more.metrics ?? [],
      pages: [{ component: 'Frontend', port: 8000, text: 'x 1' }],
    },
  }) as unknown as Sources;

const serving = { verdict: 'serving', steps: [], findings: [] } as unknown as ProbeReport;
const rules = (given: Sources): string[] =>
  diagnosisOf(watching, awaited, given).findings.map(({ rule, level }) => `${rule} ${level}`);

describe('the order of causes', () => {
  it('is: what happened to the pods, what answers tell, what was noticed, what the cluster lacks', () => {
    expect(
      rules(
        sources(
          { hopeless: [finding('start-kv-memory')], notices: [finding('schedule-node-coming', 'info')] },
          { metrics: [finding('requests-fail', 'warning')] },
        ),
      ),
    ).toEqual([
      'start-kv-memory error',
      'schedule-node-coming info',
      'requests-fail warning',
      'gpu-placement warning',
      'diagnose-unreadable unknown',
    ]);
  });
  it('has no hints about room for what serves', () => {
    const diagnosis = diagnosisOf(watching, awaited, sources({ done: true }, { report: serving }));
    expect(diagnosis.findings.map(({ rule }) => rule)).toEqual(['diagnose-unreadable']);
    expect(isSound(diagnosis)).toBe(true);
  });
  it('calls what is not ready slow only after its time', () => {
    const young = diagnosisOf(watching, awaited, sources({}));
    expect(young.findings[0]).toMatchObject({
      rule: 'not-ready-yet',
      level: 'info',
      message: 'chat is not ready yet, and not for longer than usual: decode 0/1 loading weights 12/24.',
    });
    expect(rules(sources({}, { since: now - 601_000 }))[0]).toBe('wait-timed-out error');
  });
});

describe('a diagnosis for people', () => {
  const diagnosis = diagnosisOf(
    watching,
    awaited,
    sources({ hopeless: [finding('start-kv-memory')], evidence: ['Bearer abcdefgh12345 died'] }),
  );
  const lines = diagnosisLines({ name: 'chat', namespace: 'ns' }, diagnosis, paintFor(false), 80);
  it('has the cause first, with evidence and remedy, and then what was looked at', () => {
    const text = lines.join('\n');
    expect(text.split('\n')[0]).toBe('chat in namespace ns: what was found, the likeliest cause first.');
    expect(text).toMatch(
      /error: start-kv-memory happened\.\n {2}mend start-kv-memory\n {2}\(start-kv-memory\)\n {2}Its log says:\n {4}Bearer \*\*\* died\n/,
    );
    expect(text.indexOf('What was looked at')).toBeGreaterThan(text.indexOf('gpu-placement'));
    expect(text).toContain('roles');
    expect(text).toContain('decode 0/1 loading weights 12/24, 2 restarts');
    expect(text).toContain('not tried: not everything is ready');
    expect(text).toContain('1 line of p/main');
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
  });
  it('is one object for programs, without lines of logs', () => {
    const json = diagnosisJson(diagnosis);
    expect(json).toMatchObject({
      verdict: 'not-ready',
      evidence: ['Bearer *** died'],
      figures: ['3 requests so far, 0 of them failed'],
    });
    expect(JSON.stringify(json)).not.toContain('hf_abc');
  });
});

describe('from when on things count', () => {
  const graph = (metadata: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', ...metadata } });
  it.each([
    [{}, now - 3_600_000],
    [{ creationTimestamp: '2024-01-01T00:00:00Z' }, now - 3_600_000],
    [{ creationTimestamp: '2025-01-01T11:30:00Z' }, now - 1_800_000],
    [
      {
        creationTimestamp: '2025-01-01T11:30:00Z',
        managedFields: [
          { manager: 'dynamo-installer', time: '2025-01-01T11:50:00Z' },
          { manager: 'manager', time: '2025-01-01T11:59:00Z' },
          { manager: 'dynamo-installer', subresource: 'status', time: '2025-01-01T11:58:00Z' },
        ],
      },
      now - 600_000,
    ],
    [{ creationTimestamp: '2025-01-01T13:00:00Z' }, now],
  ])('%j', (metadata, expected) => {
    expect(changedAt(graph(metadata), now)).toBe(expected);
  });
});
