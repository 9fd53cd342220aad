// Counts what vitest ran, from its own records, and why tests were skipped.

/** As test/kit/skip.ts and older titles write it. */
const spoken = /\bskipped(?:, because|:) (.+?)\)?$/;

const titles = test => {
  const found = [];
  for (let node = test; node?.name !== undefined; node = node.parent) found.push(node.name);
  return found;
};

const reasonOf = test =>
  test.result().note ??
  titles(test)
    .map(title => spoken.exec(title)?.[1])
    .find(reason => reason !== undefined);

const failedSuites = suites =>
  [...suites].filter(suite => suite.errors().length > 0).map(suite => suite.fullName);

const failuresOutsideTests = (module, failed) => {
  const suites = failedSuites(module.children.allSuites());
  // Without an assertion, without a test, or broken before its first test.
  const alone = module.state() === 'failed' && failed === 0 && suites.length === 0;
  return [...suites, ...(alone ? ['the file itself'] : [])].map(
    what => `${module.relativeModuleId}: ${what}`,
  );
};

const countIn = module => {
  const tests = [...module.children.allTests()];
  const of = state => tests.filter(test => test.result().state === state);
  const failed = of('failed');
  const skipped = tests.filter(test => ['skipped', 'pending'].includes(test.result().state));
  return {
    passed: of('passed').length,
    failed: failed.map(test => `${module.relativeModuleId}: ${test.fullName}`),
    outside: failuresOutsideTests(module, failed.length),
    skipped: skipped.map(test => ({ file: module.relativeModuleId, reason: reasonOf(test) })),
  };
};

/**
 * @typedef {{ passed: number, failed: string[], skipped: { file: string, reason: string | undefined }[] }} Tally `failed` names
 *   each failure, those outside of a test too
 */

/** @returns {{ reporter: object, tally: () => Tally }} a reporter for vitest, and what it counted once the run has ended */
export const tallyReporter = () => {
  let counted = { passed: 0, failed: ['vitest did not come to its end'], skipped: [] };
  const onTestRunEnd = (modules, unhandled) => {
    const all = modules.map(countIn);
    counted = {
      passed: all.reduce((sum, one) => sum + one.passed, 0),
      failed: [
        ...all.flatMap(one => [...one.failed, ...one.outside]),
        ...unhandled.map(error => `outside of any test: ${error.message}`),
        ...(modules.length === 0 ? ['no test file was found'] : []),
      ],
      skipped: all.flatMap(one => one.skipped),
    };
  };
  return { reporter: { onTestRunEnd }, tally: () => counted };
};

const grouped = skipped => {
  const groups = new Map();
  for (const { file, reason } of skipped) {
    const key = `${file}\0${reason ?? ''}`;
    groups.set(key, { file, reason, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()];
};

/** `Skipped: 3 tests of FILE because REASON`, a line for each file and reason. */
export const skippedLines = skipped =>
  grouped(skipped).map(({ file, reason, count }) => {
    const because =
      reason === undefined ? ', and no reason is given (see test/kit/skip.ts)' : ` because ${reason}`;
    return `Skipped: ${count} ${count === 1 ? 'test' : 'tests'} of ${file}${because}`;
  });

/** The last line of a run. */
export const lastLine = ({ passed, failed, skipped }) =>
  `Tests: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
