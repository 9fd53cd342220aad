/** Owns saying at the end of a test run which tests were skipped for want of something, why, and what helps. */

import type { Reporter, TestModule } from 'vitest/node';

const MARK = /\(skipped: (.*)\)$/;

/** A reporter beside the usual one: prints each reason once, after everything else. */
export const skipReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const reasons = new Map<string, Set<string>>();
    for (const module of modules) {
      for (const suite of module.children.allSuites()) {
        const reason = MARK.exec(suite.name)?.[1];
        if (reason)
          reasons.set(reason, (reasons.get(reason) ?? new Set()).add(suite.name.replace(MARK, '').trim()));
      }
    }
    for (const [reason, suites] of reasons) {
      process.stderr.write(`\nSKIPPED ${[...suites].join('; ')}\n  ${reason}\n`);
    }
  },
};
