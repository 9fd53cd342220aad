import { describe, expect, test } from 'vitest';
import { judge, type Said, type Seen } from '../kit/cluster/scenarios/judge.ts';
import { splitConfig, wordsFor } from '../kit/cluster/scenarios/settings.ts';
import type { Expect, Story } from '../kit/cluster/scenarios/story.ts';

const EXPECT: Expect = {
  when: 'after-apply',
  within: 10,
  mustMention: ['quota', '\\b4\\b'],
  nextStep: ['replica', 'raise'],
  mustNotMention: ['network'],
  severity: 'error',
};

function story(expected: Story['expect'], more: Partial<Story> = {}): Story {
  return {
    id: 'x',
    title: '',
    stage: '',
    settings: {},
    release: '1.5.1',
    cluster: {},
    events: [],
    expect: expected,
    ...more,
  };
}

function said(message: string, at: number, level = 'error'): Said {
  return { at, rule: 'r', level, message, hint: 'Use fewer replicas.' };
}

const SEEN: Seen = {
  findings: [said('The quota allows 4.', 35)],
  lines: [],
  exit: 69,
  endedAt: 36,
  signAt: 30,
  firstChange: { at: 1, what: 'patch' },
  verdict: 'not-serving',
};

describe('the words of a story', () => {
  test('name what differs from the defaults, a value never becoming a flag', () => {
    const wording = wordsFor(
      story('none', { settings: { name: 'a', tp: 2, extraArgs: '--x 1', kvbm: true } }),
      '/f',
    );
    expect('words' in wording ? wording.words : []).toEqual(
      expect.arrayContaining([
        'install',
        '--name=a',
        '--tensor-parallel-size=2',
        '--vllm-args=--x 1',
        '--kvbm',
        '--yes',
      ]),
    );
  });

  test('cannot be found for a setting nobody knows', () => {
    expect(wordsFor(story('none', { settings: { colour: 'red' } }), '/f')).toEqual({
      cannot: 'no flag is known for the setting colour',
    });
  });

  test('say config keys by flags where there are some, and keep the rest', () => {
    const dynamoPlatform = {
      vllm: { sharedMemory: '64Mi' },
      download: { env: { A: '1' } },
      other: { key: 2 },
    };
    expect(splitConfig({ platform: { eks: { dynamoPlatform } } })).toEqual({
      words: ['--shared-memory=64Mi', '--download-env', 'A=1'],
      rest: { platform: { eks: { dynamoPlatform: { other: { key: 2 } } } } },
    });
    expect(splitConfig({}).rest).toBeUndefined();
  });
});

describe('the verdict on a failure', () => {
  test('passes when everything is mentioned in time', () => {
    expect(judge(story(EXPECT), SEEN)).toMatchObject({ verdict: 'pass', seconds: 5 });
  });

  test.each([
    ['nothing is said', { findings: [] }, /no finding of severity error/],
    [
      'the severity is another',
      { findings: [said('The quota allows 4.', 35, 'warning')] },
      /no finding of severity error/,
    ],
    ['a word is missing', { findings: [said('The quota is used up.', 35)] }, /do not mention \\b4\\b/],
    [
      'a wrong cause is named',
      { findings: [said('The quota allows 4; the network is down.', 35)] },
      /wrongly mention network/,
    ],
    ['the exit code is 0', { exit: 0 }, /exit code 0/],
    ['it never ended', { exit: undefined }, /did not end/],
  ] as [string, Partial<Seen>, RegExp][])('fails when %s', (_, change, reason) => {
    const verdict = judge(story(EXPECT), { ...SEEN, ...change });
    expect(verdict.verdict).toBe('fail');
    expect(verdict.reason).toMatch(reason);
  });

  test('is late after the sign, and says that it was only late', () => {
    const late = judge(story(EXPECT), { ...SEEN, findings: [said('The quota allows 4.', 41)] });
    expect(late).toMatchObject({ verdict: 'fail', late: true, seconds: 11 });
  });

  test('counts findings together, from the moment they are complete', () => {
    const findings = [said('The quota is too small.', 31), said('It allows 4.', 37)];
    expect(judge(story(EXPECT), { ...SEEN, findings })).toMatchObject({ verdict: 'pass', seconds: 7 });
  });

  test('before applying, nothing may have been changed', () => {
    const before = story({ ...EXPECT, when: 'before-apply' });
    const early = { ...SEEN, findings: [said('The quota allows 4.', 2)] };
    expect(judge(before, early).reason).toMatch(/something was changed/);
    expect(judge(before, { ...early, firstChange: undefined }).verdict).toBe('pass');
  });

  test('a warning lets the installation go on', () => {
    const warned = story({ ...EXPECT, severity: 'warning' });
    const findings = [said('The quota allows 4.', 35, 'warning')];
    expect(judge(warned, { ...SEEN, findings, exit: 0 }).verdict).toBe('pass');
    expect(judge(warned, { ...SEEN, findings, firstChange: undefined }).reason).toMatch(
      /must let the installation go on/,
    );
  });
});

describe('the verdict on a healthy story', () => {
  const healthy = story('none', {
    outcome: { exit: 0, verified: true, mayWarn: ['scale'] },
    mustNotSay: ['stuck'],
  });
  const fine: Seen = { ...SEEN, findings: [], exit: 0, verdict: 'serving' };

  test('passes without an alarm', () => {
    expect(judge(healthy, { ...fine, findings: [said('Nodes scale up.', 3, 'warning')] }).verdict).toBe(
      'pass',
    );
  });

  test.each([
    ['an error is said', { findings: [said('Broken.', 3)] }, /false alarm/],
    ['a warning is not allowed for', { findings: [said('Odd.', 3, 'warning')] }, /needless warning/],
    ['a forbidden word is printed', { lines: ['it is STUCK'] }, /must not/],
    ['no answer was verified', { verdict: 'not-serving' }, /verified answer/],
    ['the exit code is another', { exit: 1 }, /exit code 0/],
  ] as [string, Partial<Seen>, RegExp][])('fails when %s', (_, change, reason) => {
    const verdict = judge(healthy, { ...fine, ...change });
    expect(verdict.verdict).toBe('fail');
    expect(verdict.reason).toMatch(reason);
  });
});
