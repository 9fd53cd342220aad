/** Owns `npm run rehearsal`: starts a cluster without a GPU and keeps it until Ctrl-C. */

import { parseArgs } from 'node:util';
import { type Cluster, type ClusterSettings, startCluster } from './cluster.ts';
import { CannotBuild, KUBERNETES_MINORS } from './control/binaries.ts';
import { DEFAULT_RELEASE } from './dynamo/release.ts';
import { whyNoFrontend } from './frontend/environment.ts';
import { DEFAULT_NODES, profileNames } from './nodes/profile.ts';

const HELP = `npm run rehearsal -- [options]

Starts a real Kubernetes control plane with fake GPU nodes and a real Dynamo frontend on loopback, prints
KUBECONFIG=<path> when it can be used, and ends everything with Ctrl-C. It is built once on first use (Go needed).

  --nodes LIST             profile=count[:tainted], joined by commas   (${DEFAULT_NODES})
  --nodes-count N          so many nodes in all, in the proportions of --nodes
  --release X.Y.Z          Dynamo release of CRD and operator          (${DEFAULT_RELEASE})
  --kubernetes X.Y         Kubernetes minor: ${KUBERNETES_MINORS.join(' or ')}           (${KUBERNETES_MINORS[0]})
  --platform eks|k8s       storage classes and their drivers           (eks)
  --frontend real|none     Dynamo's own frontend with mock workers, or nothing behind the pods
  --frontend-release X.Y.Z release of that frontend, from PyPI

Profiles: ${profileNames().join(', ')}.
`;

const OPTIONS = {
  nodes: { type: 'string' },
  'nodes-count': { type: 'string' },
  release: { type: 'string' },
  kubernetes: { type: 'string' },
  platform: { type: 'string' },
  frontend: { type: 'string' },
  'frontend-release': { type: 'string' },
  help: { type: 'boolean' },
} as const;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const stop = stopOnSignals();
  const cluster = await startCluster(await settingsOf(values));
  stop.cluster = cluster;
  void cluster.plane.failed.then(sentence => {
    say(`The rehearsal is over: ${sentence}`);
    process.exit(1);
  });
  say(
    'Contexts: admin (all rights), restricted (the namespace dynamo-system only), exec (credential plugin). Ctrl-C ends it.',
  );
  process.stdout.write(`KUBECONFIG=${cluster.kubeconfig}\n`);
}

type Values = { readonly [name in Exclude<keyof typeof OPTIONS, 'help'>]?: string | undefined };

async function settingsOf(values: Values): Promise<ClusterSettings> {
  return {
    nodes: values.nodes ?? DEFAULT_NODES,
    nodesCount: values['nodes-count'] === undefined ? undefined : Number(values['nodes-count']),
    release: values.release ?? DEFAULT_RELEASE,
    kubernetes: values.kubernetes ?? KUBERNETES_MINORS[0] ?? '',
    platform: values.platform === 'k8s' ? 'k8s' : 'eks',
    frontend: values.frontend === 'none' ? 'none' : await realIfPossible(),
    frontendRelease: values['frontend-release'],
    say,
  };
}

// Without Python the rehearsal still serves everything up to the frontend, and says what is missing.
async function realIfPossible(): Promise<'real' | 'none'> {
  const problem = await whyNoFrontend();
  if (!problem) return 'real';
  say(`NO FRONTEND: ${problem.message} ${problem.remedy}`);
  return 'none';
}

function stopOnSignals(): { cluster?: Cluster } {
  const holder: { cluster?: Cluster; stopping?: boolean } = {};
  const end = () => {
    if (holder.stopping) return;
    holder.stopping = true;
    // Before the cluster is up, leaving is enough: what was started ends with this process.
    void (holder.cluster?.stop() ?? Promise.resolve()).finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return holder;
}

main(process.argv.slice(2)).catch(error => {
  say(error instanceof CannotBuild ? `${error.message}\n${error.remedy}` : String(error?.stack ?? error));
  process.exit(1);
});
