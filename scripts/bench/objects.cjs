// Makes nodes and pods for the bench, with the members of real ones; as large as those by whose plain reading the budget was set.

const pad = number => String(number).padStart(5, '0');

const uid = number => `3f2b9c1e-7d4a-4b0e-9a55-${String(number).padStart(12, '0')}`;

const time = '2026-01-15T08:30:12Z';

const written = (manager, subresource, names) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:metadata': { 'f:labels': Object.fromEntries(names.map(name => [`f:${name}`, {}])) } },
  ...(subresource && { subresource }),
});

const condition = (type, status, reason) => ({
  type,
  status,
  reason,
  message: `kubelet has ${reason}`,
  lastHeartbeatTime: time,
  lastTransitionTime: time,
});

const image = number => ({
  names: [
    `602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/part-${number}@sha256:${'0'.repeat(60)}${1000 + number}`,
    `602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/part-${number}:v1.2${number}.0-eksbuild.1`,
  ],
  sizeBytes: 31_415_926 + number,
});

const gpuLabels = {
  'nvidia.com/gpu.present': 'true',
  'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
  'nvidia.com/gpu.memory': '81559',
  'nvidia.com/gpu.count': '8',
  'nvidia.com/gpu.replicas': '1',
  'nvidia.com/gpu.family': 'hopper',
  'nvidia.com/gpu.compute.major': '9',
  'nvidia.com/gpu.compute.minor': '0',
  'nvidia.com/gpu.machine': 'p5.48xlarge',
  'nvidia.com/gpu.sharing-strategy': 'none',
  'nvidia.com/mig.capable': 'true',
  'nvidia.com/mig.strategy': 'single',
  'nvidia.com/cuda.driver-version.full': '580.95.05',
  'nvidia.com/cuda.driver-version.major': '580',
  'nvidia.com/cuda.runtime-version.full': '13.0',
  'nvidia.com/cuda.runtime-version.major': '13',
};

const nodeName = number => `ip-10-${number >> 8}-${number & 255}-17.us-west-2.compute.internal`;

const nodeLabels = number => ({
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': nodeName(number),
  'kubernetes.io/os': 'linux',
  'node.kubernetes.io/instance-type': number % 4 === 0 ? 'p5.48xlarge' : 'm6i.2xlarge',
  'topology.kubernetes.io/region': 'us-west-2',
  'topology.kubernetes.io/zone': `us-west-2${'abc'[number % 3]}`,
  'eks.amazonaws.com/nodegroup': 'workers',
  ...(number % 4 === 0 && gpuLabels),
});

/** Every fourth node has eight GPUs. */
const node = number => {
  const labels = nodeLabels(number);
  const gpus = number % 4 === 0 ? { 'nvidia.com/gpu': '8', 'vpc.amazonaws.com/efa': '32' } : {};
  const amounts = { cpu: '191450m', memory: '1938410Mi', 'ephemeral-storage': '95551679124', pods: '100' };
  return {
    metadata: {
      name: nodeName(number),
      uid: uid(number),
      resourceVersion: String(80_000_000 + number),
      creationTimestamp: time,
      labels,
      annotations: {
        'alpha.kubernetes.io/provided-node-ip': '10.0.0.17',
        'node.alpha.kubernetes.io/ttl': '0',
      },
      managedFields: [
        written('vpc-resource-controller', '', []),
        written('kubelet', 'status', Object.keys(labels)),
      ],
    },
    spec: {
      providerID: `aws:///us-west-2a/i-0${pad(number)}abcdef`,
      ...(number % 4 === 0 && { taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }] }),
    },
    status: {
      capacity: { ...amounts, ...gpus },
      allocatable: { ...amounts, ...gpus },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [{ type: 'InternalIP', address: '10.0.0.17' }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      nodeInfo: {
        machineID: uid(number),
        kernelVersion: '6.12.46-66.121.amzn2023.x86_64',
        osImage: 'Amazon Linux 2023.9',
        containerRuntimeVersion: 'containerd://2.1.5',
        kubeletVersion: 'v1.33.5-eks-113cf36',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      images: Array.from({ length: 4 }, (_, at) => image(at)),
    },
  };
};

const container = (name, requests, limits) => ({
  name,
  image: `registry.example/team/${name}:2.14.3`,
  args: ['--config=/etc/app/config.yaml', '--log-level=info', '--metrics-port=9090'],
  env: Array.from({ length: 8 }, (_, at) => ({ name: `SETTING_${at}`, value: `value-of-setting-${at}` })),
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { requests, limits },
  volumeMounts: [
    { name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  livenessProbe: {
    httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
    periodSeconds: 10,
    failureThreshold: 3,
  },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
});

const running = name => ({
  name,
  state: { running: { startedAt: time } },
  lastState: {},
  ready: true,
  restartCount: 0,
  image: `registry.example/team/${name}:2.14.3`,
  imageID: `registry.example/team/${name}@sha256:${'1'.repeat(64)}`,
  containerID: `containerd://${'2'.repeat(64)}`,
  started: true,
});

/** Every eighth pod holds a GPU. */
const pod = number => {
  const labels = {
    app: `service-${number % 400}`,
    'pod-template-hash': '6d4cf56db6',
    team: `team-${number % 40}`,
  };
  const gpus = number % 8 === 0 ? { 'nvidia.com/gpu': '1' } : {};
  return {
    metadata: {
      name: `service-${number % 400}-6d4cf56db6-${pad(number)}`,
      namespace: `team-${number % 40}`,
      uid: uid(number),
      resourceVersion: String(90_000_000 + number),
      creationTimestamp: time,
      labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `service-${number % 400}`,
          uid: uid(7),
          controller: true,
        },
      ],
      managedFields: [
        written('kube-controller-manager', '', Object.keys(labels)),
        written('kubelet', 'status', ['ready', 'started']),
      ],
    },
    spec: {
      volumes: [{ name: 'token', projected: { sources: [], defaultMode: 420 } }],
      containers: [
        container('main', { cpu: '250m', memory: '512Mi', ...gpus }, { memory: '1Gi', ...gpus }),
        container('proxy', { cpu: '100m', memory: '128Mi' }, {}),
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      nodeName: nodeName(number % 2000),
      schedulerName: 'default-scheduler',
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
        {
          key: 'node.kubernetes.io/unreachable',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
    },
    status: {
      phase: 'Running',
      conditions: [condition('PodScheduled', 'True', ''), condition('Ready', 'True', '')],
      hostIP: '10.0.0.17',
      podIP: '10.1.2.3',
      startTime: time,
      containerStatuses: [running('main'), running('proxy')],
      qosClass: 'Burstable',
    },
  };
};

module.exports = { node, pod };
