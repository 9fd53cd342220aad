// `npm run check`: what `npm test` does besides the tests, in seconds: types, lint, floors, leftovers, sizes, vulnerabilities.

import { runSteps, say } from './check/run.mjs';
import { checkout, interruptible, report, setUp } from './setup.mjs';

const main = async () => {
  await interruptible(signal =>
    setUp(checkout, { all: true, signal, out: { stream: process.stderr, env: process.env } }),
  );
  const { failed } = await runSteps(checkout);
  say(failed.length === 0 ? 'Everything but the tests is in order.' : `Failed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
};

main().then(
  code => {
    process.exitCode = code;
  },
  error => {
    process.exitCode = report(error);
  },
);
