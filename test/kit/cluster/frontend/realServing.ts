/** Owns the real Dynamo frontend and its mock workers: one process a pod, all on loopback, started and stopped with the pods. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from '../control/children.ts';
import { freeLowPort, freePorts } from '../control/ports.ts';
import type { RunFolder } from '../control/runFolder.ts';
import type { PodLife } from '../pods/podLife.ts';
import { commandLine, envOf, flagValue } from '../pods/role.ts';
import type { PythonEnvironment } from './environment.ts';
import type { Serving } from './serving.ts';
import { writeModelFolder } from './tokenizer.ts';

// Each process takes about 120 MB: past these, worker pods share the processes of their graph.
const WORKER_PROCESSES = 8;

// Dynamo's event sockets listen on every interface; through a relay of our own they only connect.
const RELAY = `import sys, zmq
context = zmq.Context()
front, back = context.socket(zmq.XSUB), context.socket(zmq.XPUB)
front.bind(sys.argv[1])
back.bind(sys.argv[2])
zmq.proxy(front, back)
`;

/** The processes of one deployment. */
type Group = {
  readonly env: Readonly<Record<string, string>>;
  readonly relay: Child;
  readonly members: Set<string>;
};

/** Serves deployments with `python -m dynamo.frontend` and `python -m dynamo.mocker`. */
export function createRealServing(folder: RunFolder, python: PythonEnvironment): Serving {
  const model = join(folder.path, 'model');
  writeModelFolder(model);
  const relay = join(folder.path, 'relay.py');
  writeFileSync(relay, RELAY);
  const groups = new Map<string, Promise<Group>>();
  const children = new Set<Child>();
  const place = { folder, python, model, relay, children };
  return {
    description: `the real Dynamo frontend ${python.release} with mock workers stands for every release`,
    async serve(life) {
      const key = groupKey(life);
      const group = groups.get(key) ?? startGroup(place, key);
      groups.set(key, group);
      await serveIn(place, await group, life);
    },
    async stop() {
      await Promise.all([...children].map(child => child.stop()));
    },
  };
}

type Place = {
  readonly folder: RunFolder;
  readonly python: PythonEnvironment;
  readonly model: string;
  readonly relay: string;
  readonly children: Set<Child>;
};

function groupKey({ pod }: PodLife): string {
  return `${pod.metadata.namespace}-${pod.metadata.labels?.['nvidia.com/dynamo-graph-deployment-name']}`;
}

async function startGroup(place: Place, key: string): Promise<Group> {
  const [inPort, outPort] = (await freePorts(2)).map(port => `tcp://127.0.0.1:${port}`);
  const discovery = join(place.folder.path, 'discovery', key);
  const home = join(place.folder.path, 'home');
  mkdirSync(discovery, { recursive: true });
  mkdirSync(home, { recursive: true });
  const relay = startChild(place.folder, {
    name: `relay-${key}`,
    file: place.python.python,
    args: [place.relay, inPort ?? '', outPort ?? ''],
  });
  place.children.add(relay);
  return {
    relay,
    members: new Set(),
    env: {
      HOME: home,
      HF_HUB_OFFLINE: '1',
      DYN_FILE_KV: discovery,
      DYN_DISCOVERY_BACKEND: 'file',
      DYN_REQUEST_PLANE: 'tcp',
      DYN_EVENT_PLANE: 'zmq',
      DYN_ZMQ_BROKER_URL: `xsub=${inPort} , xpub=${outPort}`,
      DYN_TCP_RPC_HOST: '127.0.0.1',
      DYN_EVENT_PLANE_HOST: '127.0.0.1',
      DYN_TCP_RESPONSE_STREAM_HOST: '127.0.0.1',
      DYN_SYSTEM_HOST: '127.0.0.1',
      PYTHONUNBUFFERED: '1',
      DYN_SDK_DISABLE_ANSI_LOGGING: '1',
    },
  };
}

async function serveIn(place: Place, group: Group, life: PodLife): Promise<void> {
  if (life.role === 'other' || life.role === 'download') return;
  if (life.role !== 'frontend' && group.members.size >= WORKER_PROCESSES) {
    life.logs.add('main', [
      `rehearsal: ${WORKER_PROCESSES} mock workers run already; this pod has none of its own.`,
    ]);
    return;
  }
  const frontend = life.role === 'frontend';
  const port = await freeLowPort();
  const env = { ...group.env, ...passedOn(life), ...(!frontend && systemEnv(port)) };
  const args = frontend ? frontendArgs(life, port) : workerArgs(life, place.model);
  const child = startChild(place.folder, {
    name: life.pod.metadata.name,
    file: place.python.python,
    args,
    env,
    onLine: line => life.logs.add('main', [line]),
  });
  place.children.add(child);
  if (!frontend) group.members.add(life.pod.metadata.name);
  const end = () => {
    group.members.delete(life.pod.metadata.name);
    place.children.delete(child);
    void child.stop();
  };
  life.ended.addEventListener('abort', end, { once: true });
  await life.forward(frontend ? 8000 : 9090, port);
  await untilHealthy(child, `http://127.0.0.1:${port}/health`, life.ended);
}

function passedOn({ pod }: PodLife): Record<string, string> {
  const names = ['DYN_NAMESPACE', 'DYN_NAMESPACE_PREFIX', 'DYN_ROUTER_MODE', 'DYN_ROUTER_TEMPERATURE'];
  const known = names.map(name => [name, envOf(pod, name)] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

// `generate` is what the operator's probes ask for too: healthy means that the worker can be called.
function systemEnv(port: number): Record<string, string> {
  const health = '["generate"]';
  return {
    DYN_SYSTEM_ENABLED: 'true',
    DYN_SYSTEM_PORT: String(port),
    DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS: health,
    DYN_HEALTH_CHECK_ENABLED: 'false',
  };
}

function frontendArgs({ pod }: PodLife, port: number): string[] {
  const mode = flagValue(commandLine(pod), '--router-mode');
  const base = ['-m', 'dynamo.frontend', '--http-host', '127.0.0.1', '--http-port', String(port)];
  return mode ? [...base, '--router-mode', mode] : base;
}

function workerArgs({ pod, role }: PodLife, model: string): string[] {
  const words = commandLine(pod);
  const id = flagValue(words, '--served-model-name') ?? flagValue(words, '--model') ?? 'rehearsal/model';
  const base = ['-m', 'dynamo.mocker', '--model-path', model, '--model-name', id, '--speedup-ratio', '10'];
  return role === 'prefill' || role === 'decode' ? [...base, '--disaggregation-mode', role] : base;
}

async function untilHealthy(child: Child, url: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    if (!child.isRunning()) throw new Error(await child.ended);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return;
    await sleep(100);
  }
}
