/** Owns starting and stopping one real control plane on loopback: etcd, API server, controllers, scheduler. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, createApi } from '../api/client.ts';
import { auditPolicy } from './audit.ts';
import type { Binaries } from './binaries.ts';
import { type Authority, createAuthority, newSigningKey, type Pair } from './certificates.ts';
import { type Child, lastLines, type Start, startChild } from './children.ts';
import { EXEC_TOKEN, writeKubeconfigs } from './kubeconfig.ts';
import { freePorts } from './ports.ts';
import { createRunFolder, type RunFolder } from './runFolder.ts';

/** A running control plane. */
export type ControlPlane = {
  readonly folder: RunFolder;
  /** The API server, `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** The kubeconfig for people and tests: contexts admin, restricted and exec. */
  readonly kubeconfig: string;
  /** The kit's own access, as a user of its own (rehearsal-kit). */
  readonly api: Api;
  readonly authority: Authority;
  /** One JSON document a line, audit.k8s.io/v1, stage ResponseComplete; written before the answer is sent. */
  readonly auditLog: string;
  /** The file to which the exec credential plugin adds a line a run. */
  readonly execRuns: string;
  /** Resolves with a sentence when a process ends that nobody stopped. */
  readonly failed: Promise<string>;
  /** Starts the controllers and the scheduler; kinds defined before this are garbage-collected from the start. */
  startControllers(): Promise<void>;
  /** Starts another process that ends with the control plane. */
  startProcess(start: {
    name: string;
    file: string;
    args: readonly string[];
    env?: Record<string, string>;
  }): Child;
  /** Writes a kubeconfig for a part of the kit with a client certificate of its own; all rights. */
  kubeconfigFor(user: string): string;
  /** Ends every process and removes the folder. */
  stop(): Promise<void>;
};

const START_TRIES = 3;

/** Starts etcd and the API server and resolves when the API server is ready. */
export async function startControlPlane(binaries: Binaries): Promise<ControlPlane> {
  for (let tries = 1; ; tries += 1) {
    const folder = createRunFolder();
    try {
      return await startOnce(binaries, folder);
    } catch (error) {
      folder.remove();
      // Another process may have taken a port between the look and the start.
      if (tries === START_TRIES || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnce(binaries: Binaries, folder: RunFolder): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3);
  const authority = createAuthority('rehearsal-ca');
  const server = `https://127.0.0.1:${apiPort}`;
  const files = writeFiles(folder.path, authority);
  const children: Child[] = [];
  let stopping = false;
  let fail: (sentence: string) => void = () => {};
  const failed = new Promise<string>(resolve => {
    fail = resolve;
  });
  const startAny = (what: Start) => {
    const child = startChild(folder, what);
    children.push(child);
    void child.ended.then(sentence => {
      if (!stopping) fail(sentence);
    });
    return child;
  };
  const start = (name: keyof Binaries, args: string[]) => startAny({ name, file: binaries[name], args });
  const etcd = start('etcd', etcdArgs(files, etcdPort, peerPort));
  const apiServer = start('kube-apiserver', apiServerArgs(files, apiPort, etcdPort));
  const { kubeconfig, execRuns, kubeconfigFor } = writeKubeconfigs(folder.path, server, authority);
  const client = authority.issue({
    name: 'rehearsal-kit',
    groups: ['system:masters'],
  });
  const api = createApi({ server, ca: authority.cert, client });
  await untilReady(api, [etcd, apiServer]);
  return {
    folder,
    server,
    kubeconfig,
    api,
    authority,
    auditLog: files.auditLog,
    execRuns,
    failed,
    async startControllers() {
      const config = kubeconfigFor('system:kube-controller-manager');
      start('kube-controller-manager', controllerArgs(files, config));
      start('kube-scheduler', schedulerArgs(kubeconfigFor('system:kube-scheduler')));
      await untilControllersWork(api, children);
    },
    startProcess: startAny,
    kubeconfigFor,
    async stop() {
      stopping = true;
      api.close();
      await Promise.all(children.map(child => child.stop()));
      folder.remove();
    },
  };
}

type Files = {
  readonly folder: string;
  readonly ca: string;
  readonly serving: { cert: string; key: string };
  readonly etcdClient: { cert: string; key: string };
  readonly signing: { publicKey: string; privateKey: string };
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
};

function writeFiles(folder: string, authority: Authority): Files {
  const write = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const pair = (name: string, { cert, key }: Pair) => ({
    cert: write(`${name}.crt`, cert),
    key: write(`${name}.key`, key),
  });
  const signing = newSigningKey();
  const hosts = ['127.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default', '10.96.0.1'];
  return {
    folder,
    ca: write('ca.crt', authority.cert),
    serving: pair('serving', authority.issue({ name: 'rehearsal', hosts })),
    etcdClient: pair('etcd-client', authority.issue({ name: 'kube-apiserver' })),
    signing: {
      publicKey: write('sa.pub', signing.publicKey),
      privateKey: write('sa.key', signing.privateKey),
    },
    tokens: write('tokens.csv', `${EXEC_TOKEN},exec-user,exec-user,"system:masters"\n`),
    auditPolicy: write('audit-policy.json', JSON.stringify(auditPolicy)),
    auditLog: write('audit.log', ''),
  };
}

function etcdArgs(files: Files, port: number, peerPort: number): string[] {
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(files.folder, 'etcd')}`,
    `--listen-client-urls=https://127.0.0.1:${port}`,
    `--advertise-client-urls=https://127.0.0.1:${port}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    `--cert-file=${files.serving.cert}`,
    `--key-file=${files.serving.key}`,
    '--client-cert-auth',
    `--trusted-ca-file=${files.ca}`,
    // The data is thrown away at the end: nothing is gained by waiting for the disk.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiServerArgs(files: Files, port: number, etcdPort: number): string[] {
  return [
    `--etcd-servers=https://127.0.0.1:${etcdPort}`,
    `--etcd-cafile=${files.ca}`,
    `--etcd-certfile=${files.etcdClient.cert}`,
    `--etcd-keyfile=${files.etcdClient.key}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // A loopback address is refused in the endpoints of the service "kubernetes", and nothing here needs them.
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${files.serving.cert}`,
    `--tls-private-key-file=${files.serving.key}`,
    `--client-ca-file=${files.ca}`,
    `--token-auth-file=${files.tokens}`,
    `--kubelet-client-certificate=${files.etcdClient.cert}`,
    `--kubelet-client-key=${files.etcdClient.key}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.signing.publicKey}`,
    `--service-account-signing-key-file=${files.signing.privateKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    '--audit-log-mode=blocking',
    '--profiling=false',
  ];
}

function controllerArgs(files: Files, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--root-ca-file=${files.ca}`,
    `--service-account-private-key-file=${files.signing.privateKey}`,
    '--kube-api-qps=300',
    '--kube-api-burst=600',
    '--profiling=false',
    // A busy machine must not make fake nodes look lost; a lost node is played (../pods/troubles.ts).
    '--node-monitor-grace-period=24h',
  ];
}

function schedulerArgs(kubeconfig: string): string[] {
  const common = ['--leader-elect=false', '--secure-port=0', '--kube-api-qps=300', '--kube-api-burst=600'];
  return [`--kubeconfig=${kubeconfig}`, ...common, '--profiling=false'];
}

async function untilReady(api: Api, children: readonly Child[]): Promise<void> {
  await until('the API server to be ready', children, async () => {
    await api.send('GET', '/readyz');
    // Ready is said a moment before the first namespace is there.
    await api.send('GET', '/api/v1/namespaces/default');
  });
}

async function untilControllersWork(api: Api, children: readonly Child[]): Promise<void> {
  await until('the controllers to work', children, async () => {
    await api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default');
  });
}

async function until(what: string, children: readonly Child[], test: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let last: unknown; ; await sleep(50)) {
    const dead = children.find(child => !child.isRunning());
    if (dead) throw new Error(`${await dead.ended}:\n${lastLines(dead.logFile)}`);
    try {
      await test();
      return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited a minute for ${what}: ${String(last)}`);
  }
}
