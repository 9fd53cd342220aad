// Makes what a cluster holds of many deployments of this program, and finds what a request selects, as the API server does.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { load } = require('js-yaml');

const golden = join(__dirname, '..', '..', 'test', 'golden', 'cases', '1.5.1', 'disaggregated-router');
const read = file => load(readFileSync(join(golden, 'manifests', file), 'utf8'));
const graph = read('03-dynamographdeployment.yaml');
const job = read('02-job.yaml');
const was = graph.metadata.name;
const answers = readFileSync(join(golden, 'answers.json'), 'utf8');

const namespace = 'dynamo';
const time = '2026-01-15T08:30:12Z';
const { components } = graph.spec;

const live = (object, name, more) => {
  const copy = JSON.parse(JSON.stringify(object).replaceAll(`"${was}`, `"${name}`));
  return {
    ...copy,
    metadata: { ...copy.metadata, namespace, uid: `uid-of-${name}`, creationTimestamp: time, generation: 1 },
    ...more,
  };
};

const conditions = [
  { type: 'Ready', status: 'True', reason: 'all_resources_are_ready', message: '', lastTransitionTime: time },
];

const graphStatus = () => ({
  state: 'successful',
  observedGeneration: 1,
  conditions,
  components: Object.fromEntries(
    components.map(({ name, replicas = 1 }) => [
      name,
      { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
    ]),
  ),
});

const podOf = (deployment, component, at) => {
  const template = live(graph, deployment).spec.components.find(({ name }) => name === component).podTemplate;
  return {
    metadata: {
      name: `${deployment}-${component.toLowerCase()}-6d4cf56db6-x7k2${at}`,
      namespace,
      uid: `uid-of-${deployment}-${component}-${at}`,
      creationTimestamp: time,
      labels: {
        ...template.metadata?.labels,
        'nvidia.com/dynamo-graph-deployment-name': deployment,
        'nvidia.com/dynamo-component': component,
        'nvidia.com/dynamo-component-type': component.toLowerCase(),
      },
    },
    spec: { ...template.spec, nodeName: 'node-1' },
    status: {
      phase: 'Running',
      startTime: time,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => ({
        type,
        status: 'True',
        lastTransitionTime: time,
      })),
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
        },
      ],
    },
  };
};

const record = name => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: `dynamo-installer-${name}`,
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'dynamo-installer', 'app.kubernetes.io/instance': name },
    annotations: {
      'dynamo-installer/last-verify': JSON.stringify({ at: time, by: '0.1.0', firstTokenMs: 385 }),
    },
  },
  data: { 'answers.yaml': answers },
});

const doneJob = name =>
  live(job, name, {
    status: {
      succeeded: 1,
      completionTime: time,
      startTime: time,
      conditions: [{ type: 'Complete', status: 'True' }],
    },
  });

/** `a=b` and `a in (b,c)`, joined by commas. */
const matches = (labels = {}, selector = '') =>
  [...selector.matchAll(/([^\s,=!]+)(?:=+([^,]*)|\s+in\s+\(([^)]*)\))/g)].every(([, key, value, several]) =>
    (several === undefined ? [value] : several.split(',')).includes(labels[key]),
  );

/** Answers of a cluster with so many deployments, as text by request; undefined for what it does not know. */
const createDays = count => {
  const all = Array.from({ length: count }, (_, at) => `chat-${String(at).padStart(3, '0')}`);
  const kept = {
    dynamographdeployments: all.map(name => live(graph, name, { status: graphStatus() })),
    configmaps: all.map(record),
    jobs: all.map(doneJob),
    pods: all.flatMap(name =>
      components.flatMap(component =>
        Array.from({ length: component.replicas ?? 1 }, (_, at) => podOf(name, component.name, at)),
      ),
    ),
    events: [],
  };
  return ({ pathname, searchParams }) => {
    const found = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(
      pathname,
    );
    const objects = kept[found?.[2]];
    if (objects === undefined) return undefined;
    if (found[3] !== undefined)
      return JSON.stringify(objects.find(({ metadata }) => metadata.name === found[3]));
    const items = objects.filter(({ metadata }) =>
      matches(metadata.labels, searchParams.get('labelSelector') ?? ''),
    );
    const { apiVersion = 'v1', kind = 'Pod' } = objects[0] ?? {};
    return JSON.stringify({
      kind: `${kind}List`,
      apiVersion,
      metadata: { resourceVersion: '91234567' },
      items,
    });
  };
};

module.exports = { createDays };
