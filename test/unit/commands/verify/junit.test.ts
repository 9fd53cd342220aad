import { expect, test } from 'vitest';
import { verifyJunit } from '../../../../src/commands/verify.ts';
import type { ProbeReport } from '../../../../src/core/probe.ts';

const report: ProbeReport = {
  verdict: 'not-serving',
  steps: [
    { step: 'live', title: 'the frontend is alive', outcome: 'pass', detail: '3 ms', ms: 3 },
    {
      step: 'models',
      title: 'the model is listed',
      outcome: 'fail',
      detail: 'listed: <a> & "b"',
      ms: 30_000,
    },
    { step: 'kvbm', title: 'KVBM offloads', outcome: 'unknown', detail: 'off', ms: 1 },
  ],
  findings: [
    {
      rule: 'served-under-other-name',
      level: 'error',
      path: '',
      message: 'It serves <a> & "b".',
      hint: 'Use it.',
    },
  ],
  model: 'm',
  answer: null,
  firstTokenMs: null,
  tokensPerSecond: null,
  address: 'http://x',
};

test('one suite, one case for each step, escaped', () => {
  const xml = verifyJunit(report);
  expect(xml).toContain('<testsuite name="dynamo-installer verify" tests="3" failures="1" skipped="1">');
  expect(xml.match(/<testcase /g)).toHaveLength(3);
  expect(xml).toContain('<failure message="It serves &lt;a&gt; &amp; &quot;b&quot;. Use it."/>');
});
