/** `--rollback-on-failure`: when the former settings come back, and how that ends. */

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/commands/context.ts';
import { deployOrGoBack } from '../../../../src/commands/edit/rollback.ts';
import type { Outcome } from '../../../../src/commands/events.ts';
import type { Deployment } from '../../../../src/commands/steps.ts';
import { componentIndex } from '../../../../src/components/load.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { CliError, type ErrorKind } from '../../../../src/errors.ts';

const cause: Finding = { rule: 'engine-memory', level: 'error', path: '', message: 'Too large.', hint: '' };
const serving: Outcome = { code: 0, verdict: 'serving', findings: [] };

type Step = Outcome | { readonly error: ErrorKind; readonly applied: boolean };

const failing = (error: ErrorKind, applied = true): Step => ({ error, applied });

/** Plays one answer for each deployment that is tried. */
const play = async (steps: readonly Step[], flags: object = { rollbackOnFailure: true }) => {
  const stderr = new PassThrough();
  const [entry] = componentIndex;
  const io = { stderr, stdout: new PassThrough(), color: { stderr: false, stdout: false }, columns: 80 };
  const context = { io, entry, options: flags } as unknown as Context;
  const subject = (name: string) => ({ subject: { name, namespace: 'ns' } }) as unknown as Deployment;
  const tried: { name: string; yes: boolean }[] = [];
  const left = [...steps];
  const outcome = await deployOrGoBack(
    context,
    subject('new'),
    () => subject('former'),
    async (given, one) => {
      tried.push({
        name: one.subject.name,
        yes: given.options.yes === true && given.options.replace === true,
      });
      const step = left.shift();
      if (step === undefined) throw new Error('Nobody expected this.');
      if ('verdict' in step) return step;
      if (step.applied) one.applied?.();
      throw new CliError(step.error, `It was ${step.error}.`, { findings: [cause] });
    },
  ).catch((error: unknown) => error as CliError);
  return {
    outcome,
    tried: tried.map(({ name }) => name),
    agreed: tried.at(-1)?.yes,
    said: String(stderr.read() ?? ''),
  };
};

describe('a change that does not come up', () => {
  it.each<ErrorKind>(['failed', 'timed-out'])(
    'after %s gives way to the former settings, and stays a failure',
    async kind => {
      const { outcome, tried, agreed, said } = await play([failing(kind), serving]);
      expect(tried).toEqual(['new', 'former']);
      expect(agreed).toBe(true);
      expect(outcome).toMatchObject({ code: 1, verdict: 'not-serving' });
      expect((outcome as Outcome).findings.map(({ rule, level }) => `${rule} ${level}`)).toEqual([
        'engine-memory error',
        'rolled-back info',
      ]);
      expect(said).toContain('former settings of new are applied again (--rollback-on-failure)');
    },
  );

  it('because it answers wrongly does so too', async () => {
    const bad: Outcome = { code: 1, verdict: 'not-serving', findings: [cause] };
    const { outcome, tried } = await play([bad, serving]);
    expect(tried).toEqual(['new', 'former']);
    expect(outcome).toMatchObject({ code: 1, verdict: 'not-serving' });
  });

  it('and whose former settings fail too says so', async () => {
    const { outcome } = await play([failing('failed'), failing('timed-out')]);
    expect((outcome as Outcome).findings.at(-1)).toMatchObject({ rule: 'rolled-back', level: 'warning' });
    expect((outcome as Outcome).findings.at(-1)?.message).toContain('It was timed-out.');
  });

  it.each<[string, Step]>([
    ['nothing was applied', failing('failed', false)],
    ['it was refused', failing('refused')],
    ['somebody ended it', failing('interrupted')],
  ])('is left as it is when %s', async (_, step) => {
    const { outcome, tried } = await play([step]);
    expect(outcome).toBeInstanceOf(CliError);
    expect(tried).toEqual(['new']);
  });

  it('is left as it is without the flag, and when it serves', async () => {
    expect((await play([failing('failed')], {})).outcome).toBeInstanceOf(CliError);
    expect((await play([serving])).outcome).toEqual(serving);
  });

  it('ends when somebody ends the way back', async () => {
    expect((await play([failing('failed'), failing('interrupted')])).outcome).toMatchObject({
      kind: 'interrupted',
    });
  });
});
