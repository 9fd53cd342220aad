// What talking to a cluster costs: rows for `npm run bench`, measured in processes of their own against a stand-in for the API server.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lightClient } from '../build/light-client.mjs';
import { measure } from './measure.mjs';
import { verdictOf } from './table.mjs';

const file = name => fileURLToPath(new URL(name, import.meta.url));
const checkout = file('../../');
const node = process.execPath;
const client = file('client.cjs');

/** Each pair is the two processes, one after the other. */
const pairs = 15;

/** `must` and `stretch` are ratios, `mib` the peak of the whole process; of one request it says nothing. */
const budgets = {
  nodes: { must: 1.25, stretch: 0.8, mib: 130 },
  pods: { must: 0.8, stretch: 0.4, mib: 170 },
  near: { must: 8, stretch: 4, mib: 70 },
  far: { must: 0.35, stretch: 0.2, mib: 70 },
  request: { must: 2, stretch: 1.2, mib: Number.POSITIVE_INFINITY },
  // Whole processes; what only fetches and parses that list takes 52 MiB itself.
  list: { must: 3, stretch: 2, mib: 80 },
  status: { must: 3, stretch: 2, mib: 70 },
};

/** What a few kubeconfigs ask for stays where it is installed, as the program leaves it in bundles of its own. */
const asInstalled = (_name, entry) => ({
  path: createRequire(import.meta.url).resolve(entry),
  external: true,
});

/** TypeScript becomes one file that any Node runs, without what the program leaves out of its own bundles. */
const bundle = async (outfile, ...sources) => {
  const contents = sources.map(source => `export * from './${source}';`).join('\n');
  await build({
    stdin: { contents, resolveDir: checkout, sourcefile: 'bench.ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    mainFields: ['module', 'main'],
    plugins: [lightClient(asInstalled)],
    logLevel: 'error',
  });
  return outfile;
};

/** Runs the stand-in while `work` goes on. It is its own process: measuring holds this one up. */
const withServer = async (folder, certificates, work) => {
  const server = spawn(node, [file('apiserver.cjs'), certificates, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    await Promise.race([
      once(server.stdout, 'data'),
      ended.then(([code]) =>
        Promise.reject(new Error(`The stand-in for the API server ended with ${code}.`)),
      ),
    ]);
    return await work();
  } finally {
    server.stdin.end();
    await ended;
  }
};

/** The figure that a process prints, and its peak of memory. */
const run = args => {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const { status, stdout, stderr, output } = spawnSync(node, [client, ...args], {
    env: { ...env, NODE_OPTIONS: `--require=${JSON.stringify(file('peak.cjs'))}` },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`client.cjs ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { figure: Number(stdout), mib: Number(output[3]) / 1024 };
};

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** A survey against fetching and parsing the one long list of that cluster; process starts left out of the times. */
const listRow = (name, cluster, path, budget, { own, config }) => {
  const timed = Array.from({ length: pairs }, () => ({
    base: run(['raw', own, config(cluster), path]),
    own: run(['survey', own, config(cluster)]),
  }));
  return {
    name,
    ratio: median(timed.map(one => one.own.figure / one.base.figure)),
    ms: median(timed.map(one => one.own.figure)),
    baseMs: median(timed.map(one => one.base.figure)),
    mib: median(timed.map(one => one.own.mib)),
    budget,
  };
};

const requestRow = ({ own, config }) => {
  const runs = Array.from({ length: 5 }, () => run(['requests', own, config('small')]));
  return {
    name: 'one request, of plain https',
    ratio: median(runs.map(one => one.figure)),
    mib: median(runs.map(one => one.mib)),
    budget: budgets.request,
  };
};

/** Whole processes. */
const surveyCommand = (cluster, { own, config }) => [node, client, 'survey', own, config(cluster)];

const sevenReads = [
  '/version',
  '/api/v1/nodes',
  '/api/v1/namespaces/dynamo/secrets',
  '/api/v1/namespaces/dynamo/persistentvolumeclaims',
  '/api/v1/namespaces/dynamo/resourcequotas',
  '/apis/storage.k8s.io/v1/storageclasses',
  '/apis/apps/v1/deployments',
];

const hasKubectl = () =>
  (process.env['PATH'] ?? '').split(delimiter).some(folder => existsSync(join(folder, 'kubectl')));

/** Seven processes, one after the other, each of which reads one thing. */
const sevenProcesses = (kubectl, { own, config }) => {
  const one = kubectl
    ? path => `kubectl --kubeconfig '${config('far')}' get --raw '${path}'`
    : path => `'${node}' '${client}' raw '${own}' '${config('far')}' '${path}'`;
  return ['/bin/sh', '-c', sevenReads.map(path => `${one(path)} >/dev/null`).join(' && ')];
};

const processRows = (folder, parts) => {
  const kubectl = hasKubectl();
  const baseName = kubectl ? 'seven kubectl' : 'seven Node processes, for want of kubectl';
  return [
    {
      name: 'preflight reads, 0 ms away',
      ...measure([node, '-e', '0'], surveyCommand('small', parts), folder),
      budget: budgets.near,
    },
    {
      name: `preflight reads, 30 ms away, of ${baseName}`,
      ...measure(sevenProcesses(kubectl, parts), surveyCommand('far', parts), folder),
      budget: budgets.far,
    },
  ];
};

const program = join(checkout, 'dist', 'cli.cjs');
const deployment = 'chat-100';

/** What the verbs read, whole: nothing of it grows with the nodes, and a status not with the deployments. */
const graphs = '/apis/nvidia.com/v1alpha1';
const inNamespace = '/api/v1/namespaces/dynamo';
const selected = `labelSelector=${encodeURIComponent(`nvidia.com/dynamo-graph-deployment-name=${deployment}`)}`;
const instance = `labelSelector=${encodeURIComponent(`app.kubernetes.io/instance=${deployment}`)}`;
const daysReads = {
  list: [`${graphs}/dynamographdeployments`, '/api/v1/configmaps'],
  status: [
    `${graphs}/namespaces/dynamo/dynamographdeployments/${deployment}`,
    `${inNamespace}/configmaps?${instance}`,
    `${inNamespace}/pods?${selected}`,
    `/apis/batch/v1/namespaces/dynamo/jobs?${instance}`,
    `${inNamespace}/events`,
  ],
};

/** A verb against a process that does nothing but fetch and parse the same answers; both whole. */
const verbRow = (verb, name, words, folder, { own, config }) => {
  const kubeconfig = config('days');
  return {
    name,
    ...measure(
      [node, client, 'raw', own, kubeconfig, ...daysReads[verb]],
      [node, program, 'nvidia-platform', 'dynamo-vllm', verb, ...words, '--kubeconfig', kubeconfig],
      folder,
    ),
    budget: budgets[verb],
  };
};

const daysRows = (folder, parts) => [
  verbRow('list', 'list of 200 on 5,000 nodes, of fetch and parse', [], folder, parts),
  verbRow('status', 'status of one of 200, of fetch and parse', [deployment, '-n', 'dynamo'], folder, parts),
];

/**
 * The rows about clusters, for table.mjs.
 * @param {string} folder an empty one that may be filled
 * @param {(text: string) => void} say gets a line before each row
 */
export const clusterRows = async (folder, say) => {
  const own = await bundle(join(folder, 'client.cjs'), 'src/cluster/connect.ts', 'src/cluster/survey.ts');
  const certificates = await bundle(
    join(folder, 'certificates.cjs'),
    'test/kit/cluster/control/certificates.ts',
  );
  const parts = { own, config: cluster => join(folder, `${cluster}.kubeconfig`) };
  return withServer(folder, certificates, () => {
    say('measuring reads from a cluster: a stand-in serves the same bytes to both sides');
    const rows = [
      ...processRows(folder, parts),
      listRow('5,000 nodes, of fetch and parse', 'nodes', '/api/v1/nodes', budgets.nodes, parts),
      listRow('20,000 pods, of fetch and parse', 'pods', '/api/v1/pods', budgets.pods, parts),
      requestRow(parts),
      ...daysRows(folder, parts),
    ];
    return rows.map(row => ({ ...row, verdict: verdictOf(row, row.budget) }));
  });
};
