/** Owns the pod that the operator makes of a component: what was given, completed as the release completes it. */

import { quantities } from './conversion.ts';
import {
  type Container,
  type EnvVar,
  type Graph,
  isWorker,
  type Loose,
  type Service,
  typeOf,
} from './graph.ts';
import { dynamoNamespace, podLabels, workerHash } from './names.ts';
import { minorOf, type Traits } from './release.ts';

/** The pod template of one component. */
export function podTemplate(graph: Graph, component: string, service: Service, traits: Traits): Loose {
  const { mainContainer, containers, volumes, ...pod } = service.extraPodSpec ?? {};
  const main = mainOf(graph, service, mainContainer ?? {}, traits);
  return {
    metadata: {
      labels: podLabels(graph, component, service, traits),
      ...(service.extraPodMetadata?.annotations && { annotations: service.extraPodMetadata.annotations }),
    },
    spec: {
      securityContext: { fsGroup: 1000 },
      terminationGracePeriodSeconds: 60,
      serviceAccountName: `${graph.name}-k8s-service-discovery`,
      ...pod,
      containers: [main, ...((containers as Container[] | undefined) ?? [])],
      volumes: [
        ...sharedMemoryVolume(service),
        ...claimVolumes(service, traits),
        ...((volumes as Loose[] | undefined) ?? []),
      ],
    },
  };
}

function mainOf(graph: Graph, service: Service, given: Container, traits: Traits): Container {
  const kind = kindOf(service);
  const defaults = DEFAULT_COMMANDS[kind];
  const command = given.command ?? defaults.command;
  const args = given.args ?? (given.command ? undefined : defaults.args);
  return {
    ...given,
    name: 'main',
    command,
    ...(args && { args }),
    env: environment(graph, service, given, traits),
    ...(service.envFromSecret && { envFrom: [{ secretRef: { name: service.envFromSecret } }] }),
    ...ports(kind, traits),
    ...PROBES[kind],
    ...(service.livenessProbe && { livenessProbe: service.livenessProbe }),
    ...(service.readinessProbe && { readinessProbe: service.readinessProbe }),
    ...probesOf(given),
    resources: resourcesOf(service, given, traits),
    volumeMounts: mounts(service, given),
  };
}

type Kind = 'frontend' | 'worker' | 'other';

function kindOf(service: Service): Kind {
  if (service.componentType === 'frontend') return 'frontend';
  return isWorker(service) ? 'worker' : 'other';
}

const SHELL: { command: string[]; args: string[] | undefined } = {
  command: ['/bin/sh', '-c'],
  args: undefined,
};
const DEFAULT_COMMANDS = {
  frontend: { command: ['python3'], args: ['-m', 'dynamo.frontend'] },
  worker: SHELL,
  other: SHELL,
};

function get(path: string, port: string): Loose {
  return { httpGet: { path, port } };
}

const PROBES: Record<Kind, Loose> = {
  frontend: {
    livenessProbe: {
      ...get('/live', 'http'),
      initialDelaySeconds: 15,
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
    },
    readinessProbe: {
      ...get('/health', 'http'),
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
  },
  worker: {
    livenessProbe: { ...get('/live', 'system'), periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 1 },
    readinessProbe: {
      ...get('/health', 'system'),
      periodSeconds: 10,
      timeoutSeconds: 4,
      failureThreshold: 3,
    },
    startupProbe: { ...get('/live', 'system'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 720 },
  },
  other: {},
};

function probesOf(given: Container): Loose {
  const names = ['livenessProbe', 'readinessProbe', 'startupProbe'];
  return Object.fromEntries(names.filter(name => given[name] !== undefined).map(name => [name, given[name]]));
}

function ports(kind: Kind, traits: Traits): Loose {
  if (kind === 'frontend') return { ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }] };
  if (kind === 'other') return {};
  const system = { name: 'system', containerPort: 9090, protocol: 'TCP' };
  return {
    ports: traits.hashes ? [system, { name: 'nixl', containerPort: 19090, protocol: 'TCP' }] : [system],
  };
}

// A later list wins over an earlier one; the release decides which of the user's two is the later.
function environment(graph: Graph, service: Service, given: Container, traits: Traits): EnvVar[] {
  const own = [graph.spec.envs ?? [], service.envs ?? []];
  const container = given.env ?? [];
  const lists = traits.containerEnvWins ? [...own, container] : [container, ...own];
  const merged = new Map<string, EnvVar>();
  for (const variable of [...injected(graph, service, traits), ...lists.flat()])
    merged.set(variable.name, variable);
  return [...merged.values()];
}

function injected(graph: Graph, service: Service, traits: Traits): EnvVar[] {
  const space = dynamoNamespace(graph, traits);
  const field = (name: string, fieldPath: string): EnvVar => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  });
  const type = typeOf(service, traits.typedRoles);
  const values: Record<string, string> = {
    ...(type && { DYN_COMPONENT: type }),
    DYN_DISCOVERY_BACKEND: 'kubernetes',
    DYN_NAMESPACE: space,
    DYN_PARENT_DGD_K8S_NAME: graph.name,
    DYN_PARENT_DGD_K8S_NAMESPACE: graph.namespace,
    ...kindValues(graph, service, traits, space),
  };
  return [
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('POD_UID', 'metadata.uid'),
  ];
}

function kindValues(graph: Graph, service: Service, traits: Traits, space: string): Record<string, string> {
  const kind = kindOf(service);
  if (kind === 'other') return {};
  if (kind === 'frontend') {
    return {
      DYNAMO_PORT: '8000',
      DYN_HTTP_PORT: '8000',
      ...(traits.hashes && { DYN_NAMESPACE_PREFIX: space }),
    };
  }
  return {
    DYN_SYSTEM_ENABLED: 'true',
    DYN_SYSTEM_PORT: '9090',
    DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS: '["generate"]',
    DYN_HEALTH_CHECK_ENABLED: 'false',
    ...(traits.hashes && {
      DYN_NAMESPACE_WORKER_SUFFIX: workerHash(graph),
      NIXL_TELEMETRY_ENABLE: 'n',
      NIXL_TELEMETRY_EXPORTER: 'prometheus',
      NIXL_TELEMETRY_PROMETHEUS_PORT: '19090',
    }),
    ...(minorOf(traits.release) >= 101 && { DYN_FORWARDPASS_METRIC_PORT: '20380' }),
  };
}

const QUANTITY = /^-?\d+(\.\d+)?([EPTGMkmun]|[EPTGMK]i|[eE]-?\d+)?$/;

function resourcesOf(
  service: Service,
  given: Container,
  traits: Traits,
): NonNullable<Container['resources']> {
  const readable = (amounts: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(amounts).filter(([, q]) => !traits.dropsBadQuantities || QUANTITY.test(q)),
    );
  const limits = readable({ ...quantities(service.resources?.limits), ...given.resources?.limits });
  const { gpu, ...otherRequests } = service.resources?.requests ?? {};
  const asked = traits.copiesGpuRequests && gpu ? { ...otherRequests, gpu } : otherRequests;
  const requests = readable({ ...quantities(asked), ...given.resources?.requests });
  return {
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(requests).length > 0 && { requests }),
  };
}

function mounts(service: Service, given: Container): Loose[] {
  const claims = (service.volumeMounts ?? []).map(mount => ({
    name: mount.name,
    mountPath: mount.mountPoint ?? '/root/.cache/vllm',
  }));
  const shared = service.sharedMemory?.disabled ? [] : [{ name: 'shared-memory', mountPath: '/dev/shm' }];
  return [...claims, ...shared, ...(given.volumeMounts ?? [])];
}

function sharedMemoryVolume(service: Service): Loose[] {
  if (service.sharedMemory?.disabled) return [];
  const sizeLimit = service.sharedMemory?.size ?? '8Gi';
  return [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit } }];
}

// An undeclared name is taken for a claim; from 1.3 on that holds for the container's own mounts too.
function claimVolumes(service: Service, traits: Traits): Loose[] {
  const volumes = (service.extraPodSpec?.volumes as { name?: string }[] | undefined) ?? [];
  const own = (service.extraPodSpec?.mainContainer?.volumeMounts as { name: string }[] | undefined) ?? [];
  const mounted = [...(service.volumeMounts ?? []), ...(traits.admits === 'v1beta1' ? own : [])];
  const declared = new Set(['shared-memory', ...volumes.map(volume => volume.name)]);
  const names = new Set(mounted.map(mount => mount.name).filter(name => !declared.has(name)));
  return [...names].map(name => ({ name, persistentVolumeClaim: { claimName: name } }));
}
