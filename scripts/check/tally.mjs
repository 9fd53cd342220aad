// Counts what vitest ran, from its own records, and why tests were skipped.

/** As test/kit/skip.ts and older titles write it. */
const spoken = /\bskipped, because (?<plain>.+)$|\(skipped: (?<inBrackets>.+)\)$/;

const reasonIn = title => {
  const { plain, inBrackets } = spoken.exec(title)?.groups ?? {};
  return plain ?? inBrackets;
};

const titles = node => (node?.name === undefined ? [] : [node.name, ...titles(node.parent)]);

const firstReason = node =>
  titles(node)
    .map(reasonIn)
    .find(reason => reason !== undefined);

const reasonOf = test => test.result().note ?? firstReason(test);

/** A file whose groups are all skipped may not even name its tests. */
const skippedWhole = (module, tests) =>
  tests.length === 0 && module.state() === 'skipped'
    ? [...module.children.allSuites()].map(suite => ({
        file: module.relativeModuleId,
        reason: firstReason(suite),
      }))
    : [];

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
    skippedWhole: skippedWhole(module, tests),
    skipped: skipped.map(test => ({ file: module.relativeModuleId, reason: reasonOf(test) })),
  };
};

/**
 * @typedef {{ file: string, reason: string | undefined }} Skip
 * @typedef {{ passed: number, failed: string[], skipped: Skip[], skippedWhole: Skip[] }} Tally `failed` names each failure, those
 *   outside of a test too; `skippedWhole` are files that did not name their tests, so that vitest does not count them
 */

/** @returns {{ reporter: object, tally: () => Tally }} a reporter for vitest, and what it counted once the run has ended */
export const tallyReporter = () => {
  let counted = { passed: 0, failed: ['vitest did not come to its end'], skipped: [], skippedWhole: [] };
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
      skippedWhole: all.flatMap(one => one.skippedWhole),
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

const counts = count => (count === 1 ? '1 test' : `${count} tests`);

const because = reason =>
  reason === undefined ? ', and no reason is given (see test/kit/skip.ts)' : ` because ${reason}`;

/** `Skipped: 3 tests of FILE because REASON`, a line for each file and reason. */
export const skippedLines = ({ skipped, skippedWhole }) => [
  ...grouped(skippedWhole).map(({ file, reason }) => `Skipped: all of ${file}${because(reason)}`),
  ...grouped(skipped).map(
    ({ file, reason, count }) => `Skipped: ${counts(count)} of ${file}${because(reason)}`,
  ),
];

/** Whether somebody skipped a test and kept the reason to himself. */
export const isUnexplained = ({ skipped, skippedWhole }) =>
  [...skipped, ...skippedWhole].some(({ reason }) => reason === undefined);

/** The last line of a run. */
export const lastLine = ({ passed, failed, skipped }) =>
  `Tests: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
