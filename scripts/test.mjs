// `npm test`: sets up, checks types, lint, floors, leftovers and sizes, runs the tests, and ends with one line that counts.
// `npm test -- PATH…` runs only these test files; `npm run check` runs everything but the tests.

import { availableParallelism } from 'node:os';
import { runSteps, say } from './check/run.mjs';
import { isUnexplained, lastLine, skippedLines, tallyReporter } from './check/tally.mjs';
import { checkout, interruptible, report, setUp } from './setup.mjs';

const runTests = async files => {
  // Loaded here: before the set-up there is no vitest.
  const { startVitest } = await import('vitest/node');
  const { reporter, tally } = tallyReporter();
  const vitest = await startVitest('test', files, {
    root: checkout,
    run: true,
    watch: false,
    allowOnly: false,
    reporters: ['default', reporter],
    // vitest would leave a core idle; the tests that start processes mostly wait for them.
    maxWorkers: Math.max(2, availableParallelism()),
  });
  await vitest.close();
  return tally();
};

const main = async files => {
  await interruptible(signal =>
    setUp(checkout, { all: true, signal, out: { stream: process.stderr, env: process.env } }),
  );
  if (files.length > 0)
    say(`Only ${files.join(' ')}: types, lint, floors, leftovers and sizes are not checked.`);
  const checked = files.length > 0 ? { failed: [], notes: [] } : await runSteps(checkout);
  const counted = await runTests(files);
  const unexplained = isUnexplained(counted) ? ['a test is skipped without a reason'] : [];
  const failed = [...checked.failed, ...counted.failed, ...unexplained];
  for (const name of failed) say(`Failed: ${name}`);
  for (const line of [...checked.notes, ...skippedLines(counted)]) say(line);
  say(lastLine({ ...counted, failed }));
  return failed.length === 0 ? 0 : 1;
};

main(process.argv.slice(2)).then(
  // Whatever a test left open must not keep the run from its end.
  code => process.exit(code),
  error => {
    const code = report(error);
    say(lastLine({ passed: 0, failed: ['setup'], skipped: [] }));
    process.exit(code);
  },
);
