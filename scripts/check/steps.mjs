// The checks besides the tests: each a name and a function that returns what is wrong, or notes.

import { join } from 'node:path';
import { runTool } from '../setup/child.mjs';
import { auditArguments, auditVerdict } from './audit.mjs';
import { longFiles } from './sizes.mjs';

/** @typedef {{ wrong: string[], notes?: string[] }} Outcome nothing in `wrong`: the step passed */

/** A tool of node_modules: what it prints is what is wrong, when it does not end with 0. */
const tool =
  (name, ...args) =>
  async root => {
    const { code, signal, stdout, stderr } = await runTool(join(root, 'node_modules', '.bin', name), args, {
      cwd: root,
    });
    if (code === 0) return { wrong: [] };
    const said = `${stdout}${stderr}`.trimEnd();
    return { wrong: [said === '' ? `${name} ended with ${signal ?? code}` : said] };
  };

const audit = async root => {
  const verdict = auditVerdict((await runTool('npm', auditArguments, { cwd: root })).stdout);
  if (verdict.kind === 'vulnerable') return { wrong: verdict.lines };
  if (verdict.kind === 'clean') return { wrong: [] };
  return { wrong: [], notes: [`NOT AUDITED: the registry did not answer "npm audit" (${verdict.reason}).`] };
};

/** @type {{ name: string, run: (root: string) => Promise<Outcome> }[]} */
export const steps = [
  { name: 'types (tsc)', run: tool('tsc', '-p', '.') },
  {
    name: 'lint, floors and format (Biome)',
    run: tool('biome', 'check', '--error-on-warnings', '--max-diagnostics=40', '.'),
  },
  { name: 'unused files, exports and packages (knip)', run: tool('knip', '--no-progress') },
  { name: 'file sizes', run: async root => ({ wrong: longFiles(root) }) },
  { name: 'known vulnerabilities (npm audit)', run: audit },
];
