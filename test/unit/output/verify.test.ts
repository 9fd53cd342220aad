import { expect, test } from 'vitest';
import type { ProbeReport, ProbeStep } from '../../../src/core/probe.ts';
import { paintFor } from '../../../src/output/paint.ts';
import { answerLines, nextLines, stepLines } from '../../../src/output/verify.ts';

const plain = paintFor(false);
const step = (more: Partial<ProbeStep>): ProbeStep => ({
  step: 'models',
  title: 'the model is listed',
  outcome: 'pass',
  detail: 'Qwen/Qwen3-8B',
  ms: 40,
  ...more,
});

test('a sign, the statement, what was seen, and the time when it is worth a word', () => {
  expect(stepLines(step({}), plain, 80)).toEqual(['✓ the model is listed: Qwen/Qwen3-8B']);
  expect(stepLines(step({ ms: 12_340 }), plain, 80)).toEqual([
    '✓ the model is listed: Qwen/Qwen3-8B (12.3 s)',
  ]);
  expect(stepLines(step({ detail: '' }), plain, 80)).toEqual(['✓ the model is listed']);
});

test('what did not pass says so in words as well', () => {
  expect(stepLines(step({ outcome: 'fail', detail: 'the list is empty' }), plain, 80)).toEqual([
    '✗ the model is listed: FAILED: the list is empty',
  ]);
  expect(stepLines(step({ outcome: 'warn', detail: 'x' }), plain, 80)[0]).toMatch(/^! .*: warning: x$/);
  expect(stepLines(step({ outcome: 'unknown', detail: 'x' }), plain, 80)[0]).toMatch(/^\? .*: unknown: x$/);
});

test('a running step is silent until it waits for something', () => {
  expect(stepLines(step({ outcome: 'running', detail: '', ms: null }), plain, 80)).toEqual([]);
  expect(
    stepLines(step({ outcome: 'running', detail: 'the list is empty so far', ms: 3000 }), plain, 80),
  ).toEqual(['  the model is listed: the list is empty so far (3.0 s)']);
});

const report: ProbeReport = {
  verdict: 'serving',
  steps: [],
  findings: [],
  model: 'Qwen/Qwen3-8B',
  answer: `Hello!\n\u001b[31m${'How can I help you today? '.repeat(30)}`,
  firstTokenMs: 41.6,
  tokensPerSecond: 88.1,
  address: 'http://x-frontend.ns.svc.cluster.local:8000/v1',
};

test('the answer on 80 columns, without anything that could draw on the terminal', () => {
  const lines = answerLines(report, plain, 80);
  expect(lines[0]).toBe('Qwen/Qwen3-8B answers:');
  expect(lines.at(-1)).toBe('  first token after 42 ms, 88.1 tokens/s (one request, not a benchmark)');
  expect(lines.join('')).not.toContain('\u001b');
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
});

test('no answer, an answer without text, no figures', () => {
  expect(answerLines({ ...report, answer: null }, plain, 80)).toEqual([]);
  const silent = answerLines({ ...report, answer: '', firstTokenMs: null, tokensPerSecond: null }, plain, 80);
  expect(silent).toEqual(['Qwen/Qwen3-8B answers:', '  tokens without visible text']);
});

test('lines to copy are never broken', () => {
  const long = `curl ${'x'.repeat(200)}`;
  expect(
    nextLines(
      [
        { title: 'A', lines: [long] },
        { title: 'B', lines: ['b'] },
      ],
      plain,
    ),
  ).toEqual(['A', `  ${long}`, '', 'B', '  b']);
});

test('lines that blanks would change begin at the edge', () => {
  const lines = ['f(', '    x,', ')'];
  expect(nextLines([{ title: 'A', lines, flush: true }], plain)).toEqual(['A', ...lines]);
});
