// `npm run bench`: what starting costs, as ratios to `node -e 0` in one run, beside the budget. `--json FILE` keeps the figures.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterRows } from './bench/cluster.mjs';
import { measure } from './bench/measure.mjs';
import { table, verdictOf } from './bench/table.mjs';
import { checkout, interruptible, report, setUp } from './setup.mjs';

const node = process.execPath;
const program = join(checkout, 'dist', 'cli.cjs');
const component = ['nvidia-platform', 'dynamo-vllm'];

/** `must` and `stretch` in starts of `node -e 0`; `mib` is the peak of memory that must be kept. Null: nobody asked. */
const version = { must: 1.5, stretch: 1.25, mib: 45 };
const help = { must: 1.8, stretch: 1.5, mib: 45 };
const offline = { must: 3.5, stretch: 2.0, mib: 60 };

const through = (...words) => [node, program, ...words];
const helpOf = verb => ({
  name: `${verb} --help`,
  command: through(...component, verb, '--help'),
  budget: help,
});

/** The launcher adds its own time to that of the program: 0.1 of a start. */
const launcher = { must: version.must + 0.1, stretch: version.stretch + 0.1, mib: version.mib };

const save = folder => [
  ...component,
  'install',
  '--yes',
  '--action',
  'save',
  '--offline',
  '--overwrite',
  '--output-dir',
  folder,
];

const cases = folder => [
  { name: '--version', command: through('--version'), budget: version },
  { name: './cli --version', command: [join(checkout, 'cli'), '--version'], budget: launcher },
  { name: '--help', command: through('--help'), budget: help },
  helpOf('install'),
  helpOf('render'),
  helpOf('review'),
  { name: 'render', command: through(...component, 'render'), budget: offline },
  { name: 'render -o json', command: through(...component, 'render', '-o', 'json'), budget: offline },
  {
    name: 'fit',
    command: through(...component, 'fit', '--offline', '--model', 'Qwen/Qwen3-32B'),
    budget: offline,
  },
  {
    name: 'install --yes --action save',
    command: through(...save(join(folder, 'manifests'))),
    budget: offline,
  },
];

const say = line => process.stdout.write(`${line}\n`);

const jsonFile = args => {
  const at = args.indexOf('--json');
  if (at < 0 && args.length === 0) return undefined;
  if (at === 0 && args.length === 2) return args[1];
  throw new Error('Usage: npm run bench [-- --json FILE]');
};

const main = async args => {
  const file = jsonFile(args);
  await interruptible(signal =>
    setUp(checkout, { all: false, signal, out: { stream: process.stderr, env: process.env } }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-installer-bench-'));
  try {
    const rows = cases(folder).map(({ name, command, budget }) => {
      process.stderr.write(`measuring ${name}\n`);
      const measured = measure([node, '-e', '0'], command, folder);
      return { name, ...measured, budget, verdict: verdictOf(measured, budget) };
    });
    // After the others: playing a cluster warms the machine up.
    rows.push(...(await clusterRows(folder, text => process.stderr.write(`${text}\n`))));
    say(
      `Node ${process.versions.node}, ${process.platform} ${process.arch}; 1.00 is one start of node -e 0 (${rows[0].baseMs.toFixed(0)} ms here).\n`,
    );
    for (const line of table(rows)) say(line);
    if (file !== undefined)
      writeFileSync(file, `${JSON.stringify({ node: process.versions.node, rows }, null, 2)}\n`);
    return rows.some(({ verdict }) => verdict === 'over') ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  error => {
    process.exitCode = report(error);
  },
);
