import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  moment,
  momentInLine,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/wait/moment.ts';

describe('times', () => {
  it('reads what the platform itself writes', () => {
    const whole = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(whole, date => {
        expect(moment(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  it.each([
    ['2026-11-21T08:31:12.123456Z', '2026-11-21T08:31:12.123Z'],
    ['2026-11-21T08:31:12+01:30', '2026-11-21T07:01:12Z'],
    ['2024-02-29T23:59:59-08:00', '2024-03-01T07:59:59Z'],
  ])('reads %s', (text, same) => {
    expect(moment(text)).toBe(Date.parse(same));
  });

  it.each([['soon'], [''], [undefined], [null], [12], [{}]])('finds no time in %j', value => {
    expect(moment(value)).toBeNull();
  });

  it("reads the times of the engine's lines, which leave out the year, and of Dynamo's", () => {
    const near = Date.parse('2026-11-21T09:00:00Z');
    const engine = '(EngineCore_DP0 pid=301) INFO 11-21 08:31:12 [pynccl.py:111] vLLM is using nccl';
    expect(momentInLine(engine, near)).toBe(Date.parse('2026-11-21T08:31:12Z'));
    expect(momentInLine('2026-11-21T08:52:11.402113Z  INFO _core: ready', near)).toBe(
      Date.parse('2026-11-21T08:52:11.402Z'),
    );
    expect(momentInLine('Loading weights', near)).toBeNull();
  });
});
