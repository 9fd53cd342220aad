import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/commands/context.ts';
import { logsAskOf } from '../../../../src/commands/logs/ask.ts';
import { timedLine } from '../../../../src/commands/logs/merge.ts';
import { printerFor } from '../../../../src/commands/logs/print.ts';
import type { Target } from '../../../../src/commands/logs/targets.ts';

const target = (mark: string): Target => ({
  role: mark.split('/')[0] ?? '',
  pod: `chat-${mark.replace('/', '-')}`,
  container: 'main',
  mark,
  previous: false,
  life: 0,
});

const printed = async (
  lines: readonly (readonly [string, string])[],
  options: Context['options'] = {},
  color = false,
): Promise<string> => {
  const stdout = new PassThrough();
  const io = {
    stdout,
    env: { HF_TOKEN: 'exported-here' },
    signal: new AbortController().signal,
    color: { stdout: color, stderr: color },
  };
  const printer = printerFor({ io, options } as unknown as Context, logsAskOf(options));
  const env = [{ name: 'DB_PASSWORD', value: 'literal-in-pod' }];
  printer.know({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ env }] } });
  await printer.print(lines.map(([mark, line]) => ({ ...timedLine(line), target: target(mark) })));
  stdout.end();
  return (await stdout.toArray()).join('');
};

const at = '2025-01-01T00:00:01.5Z';

describe('lines of logs', () => {
  it('are marked with role and pod, in one column', async () => {
    const text = await printed([
      ['frontend/x2k4p', `${at} ready`],
      ['decode/aaaaa', `${at} loading`],
    ]);
    expect(text).toBe('frontend/x2k4p ready\ndecode/aaaaa   loading\n');
  });
  it('show their time when asked', async () => {
    expect(await printed([['decode/aaaaa', `${at} loading`]], { timestamps: true })).toBe(
      `decode/aaaaa ${at} loading\n`,
    );
  });
  it('come without secrets and without what could act on a terminal', async () => {
    const text = await printed([
      ['decode/aaaaa', `${at} \u001b[31mHF_TOKEN=hf_abcdefghijklmnopqrstuvwx\u001b[0m`],
      ['decode/aaaaa', `${at} \u001b]0;title\u0007 10%\r 20%`],
    ]);
    expect(text).toBe('decode/aaaaa HF_TOKEN=hf_***\ndecode/aaaaa  20%\n');
  });
  it('hide what the pod and whoever runs this call a secret', async () => {
    const text = await printed([['decode/aaaaa', `${at} literal-in-pod and exported-here`]]);
    expect(text).toBe('decode/aaaaa *** and ***\n');
  });
  it('are objects for programs', async () => {
    const text = await printed([['decode/aaaaa', `${at} Bearer abcdefgh12345`]], { output: 'json' });
    expect(JSON.parse(text)).toEqual({
      at,
      kind: 'log',
      role: 'decode',
      pod: 'chat-decode-aaaaa',
      container: 'main',
      previous: false,
      line: 'Bearer ***',
    });
    expect(text.endsWith('}\n')).toBe(true);
  });
  it('have a colour for each pod where there is colour', async () => {
    const text = await printed(
      [
        ['a/1', `${at} x`],
        ['b/2', `${at} x`],
      ],
      {},
      true,
    );
    const [first, second] = text.split('\n').map(line => line.slice(0, line.indexOf('m')));
    expect(first).toContain('[');
    expect(second).not.toBe(first);
  });
});

describe('flags of logs', () => {
  it.each([
    [{}, { tail: 200, sinceSeconds: null }],
    [{ since: '10m' }, { tail: null, sinceSeconds: 600 }],
    [
      { since: '10m', tail: '5' },
      { tail: 5, sinceSeconds: 600 },
    ],
    [{ tail: 'all' }, { tail: null }],
  ])('%j', (options, expected) => {
    expect(logsAskOf(options)).toMatchObject(expected);
  });
  it.each([[{ tail: '-1' }], [{ tail: 'x' }], [{ since: 'soon' }], [{ follow: true, previous: true }]])(
    'refuse %j',
    options => {
      expect(() => logsAskOf(options)).toThrow(expect.objectContaining({ kind: 'usage' }));
    },
  );
});
