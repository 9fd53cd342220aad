/** The count of `npm test` against real runs of vitest, and the sentences around it. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { auditVerdict } from '../../../scripts/check/audit.mjs';
import { longFiles } from '../../../scripts/check/sizes.mjs';
import { isUnexplained, lastLine, skippedLines } from '../../../scripts/check/tally.mjs';
import { temporaryFolder } from '../../kit/checkout.ts';

const checkout = join(import.meta.dirname, '..', '..', '..');
// Inside of the checkout: the files import vitest.
const folder = join(checkout, '.cache', `tally-${process.pid}`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files: Readonly<Record<string, string>> = {
  'passes.test.mjs': "it('one', () => { expect(1).toBe(1); }); it('two', () => { expect(1).toBe(1); });",
  'fails.test.mjs': "it('red', () => { expect(1).toBe(2); });",
  'asserts-nothing.test.mjs': "it('idle', () => undefined);",
  'empty.test.mjs': '',
  'broken.test.mjs': "import './not-there.mjs'; it('never', () => { expect(1).toBe(1); });",
  'hook.test.mjs':
    "beforeAll(() => { throw new Error('no'); }); it('after it', () => { expect(1).toBe(1); });",
  'stray.test.mjs':
    "it('leaves one', async () => { setTimeout(() => { throw new Error('stray'); }); await new Promise(r => setTimeout(r, 50)); expect(1).toBe(1); });",
  'skips.test.mjs':
    "describe.skip('far: skipped, because the moon is down (today)', () => { it('a', () => {}); it('b', () => {}); }); it('notes', c => c.skip('no wind')); it.skip('mute', () => {});",
  'skips-whole.test.mjs': "describe.skip('whole: skipped, because nothing is here', () => {});",
};

const script = `
import { startVitest } from 'vitest/node';
import { tallyReporter } from ${JSON.stringify(join(checkout, 'scripts/check/tally.mjs'))};
const { reporter, tally } = tallyReporter();
const settings = { root: process.argv[1], config: false, run: true, watch: false, globals: true, include: ['**/*.test.mjs'],
  expect: { requireAssertions: true }, reporters: [reporter] };
const vitest = await startVitest('test', [], settings);
await vitest.close();
process.stdout.write('\\n' + JSON.stringify(tally()));
process.exit(0);`;

it('counts as vitest does; what fails outside of a test counts as one more failure', () => {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, it } from 'vitest';\n${text}\n`);
  }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, folder], {
    cwd: checkout,
    encoding: 'utf8',
  });
  const tally = JSON.parse(stdout.split('\n').at(-1) ?? stderr);
  expect(tally.passed).toBe(3);
  expect([...tally.failed].sort()).toEqual([
    'asserts-nothing.test.mjs: idle',
    'broken.test.mjs: the file itself',
    'empty.test.mjs: the file itself',
    'fails.test.mjs: red',
    'hook.test.mjs: the file itself',
    'outside of any test: stray',
  ]);
  const lines = skippedLines({
    ...tally,
    skipped: tally.skipped.filter((one: { file: string }) => one.file.startsWith('skips')),
  });
  expect(lines).toEqual([
    'Skipped: all of skips-whole.test.mjs because nothing is here',
    'Skipped: 2 tests of skips.test.mjs because the moon is down (today)',
    'Skipped: 1 test of skips.test.mjs because no wind',
    'Skipped: 1 test of skips.test.mjs, and no reason is given (see test/kit/skip.ts)',
  ]);
  expect(isUnexplained(tally)).toBe(true);
});

it('the last line has the agreed form', () => {
  const skipped = [{ file: 'a', reason: 'b' }];
  expect(lastLine({ passed: 123, failed: ['x', 'y'], skipped })).toBe(
    'Tests: 123 passed, 2 failed, 1 skipped',
  );
});

it('a registry without audit is told apart from a clean and from a bad verdict', () => {
  expect(auditVerdict('{"message":"405 Method Not Allowed"}')).toEqual({
    kind: 'unanswered',
    reason: '405 Method Not Allowed',
  });
  expect(auditVerdict('<html>')).toEqual({ kind: 'unanswered', reason: 'npm audit gave no report' });
  expect(auditVerdict('{"vulnerabilities":{}}')).toEqual({ kind: 'clean' });
  const bad = {
    name: 'yaml',
    severity: 'high',
    via: [{ title: 'Deep nesting' }, 'other'],
    fixAvailable: true,
  };
  expect(auditVerdict(JSON.stringify({ vulnerabilities: { yaml: bad } }))).toEqual({
    kind: 'vulnerable',
    lines: ['yaml: high, Deep nesting; through other (a fix is available)'],
  });
});

it('a file of more than 400 lines is named', () => {
  const root = temporaryFolder();
  for (const name of ['src/generated', 'test', 'scripts', 'templates'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'src', 'fits.ts'), 'x\n'.repeat(400));
  writeFileSync(join(root, 'src', 'generated', 'any.ts'), 'x\n'.repeat(900));
  writeFileSync(join(root, 'test', 'long.test.ts'), 'x\n'.repeat(401));
  expect(longFiles(root)).toEqual(['test/long.test.ts has 401 lines; no file has more than 400.']);
});
