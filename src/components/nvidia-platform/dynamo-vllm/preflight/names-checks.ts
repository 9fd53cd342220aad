/** Checks that every name that is going to be used is free or our own. */

import type { CheckResult } from '../../../../core/check.ts';
import { type ObjectFact, readOr } from '../../../../core/cluster-facts.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { dialectFor } from '../dialect.ts';
import { managedBy } from '../labels.ts';
import { childNames, isDeleting, managerOf, managersOf, modelOf } from './graphs.ts';
import { check, cli } from './result.ts';
import type { Scene } from './scene.ts';

const nameCheck = check('name-taken', 'the name is free or our own', 'refused', 'name');
const modelCheck = check('other-model', 'the deployment keeps its model', 'refused', 'model');

const otherName = (name: string): string => `Choose another name: ${cli} install --name ${name}-2`;

const deleting = ({ name, namespace }: Scene): CheckResult =>
  nameCheck.fail(
    `The DynamoGraphDeployment ${name} in ${namespace} is being deleted.`,
    `Wait until it is gone (kubectl -n ${namespace} get dynamographdeployment ${name}), or choose another name with --name.`,
  );

const foreign = ({ name, namespace }: Scene, existing: KubernetesObject): CheckResult => {
  const serves = modelOf(existing);
  const manager = managerOf(existing.metadata, managersOf(existing));
  const what = serves === null ? '' : ` serving ${serves}`;
  const who = manager === null ? 'was not made by this program' : `is managed by ${manager}`;
  return nameCheck.fail(
    `A DynamoGraphDeployment ${name}${what} exists already in ${namespace} and ${who}.`,
    otherName(name),
  );
};

const own = (scene: Scene, existing: KubernetesObject): CheckResult[] => {
  const { name, model, unattended } = scene;
  const serves = modelOf(existing);
  const same = serves === null || model === null || serves.toLowerCase() === model.toLowerCase();
  if (same) return [nameCheck.pass(`The deployment ${name} exists and will be updated.`)];
  const message = `The deployment ${name} exists and serves ${serves}; it would be replaced by ${model}.`;
  return [
    unattended
      ? modelCheck.fail(message, `${otherName(name)}, or remove it first: ${cli} uninstall ${name}`)
      : { ...modelCheck.warn(message, otherName(name)), question: `Replace ${serves} by ${model}?` },
  ];
};

const graphName = (scene: Scene): CheckResult[] => {
  const { cluster, existing, updates, name } = scene;
  if (cluster.graphs.kind === 'missing') return [];
  if (cluster.graphs.kind !== 'read')
    return [nameCheck.unknown(`Whether the name ${name} is free was not read: ${cluster.graphs.message}`)];
  if (existing === null) return [nameCheck.pass(`The name ${name} is free.`)];
  if (isDeleting(existing)) return [deleting(scene)];
  return updates ? own(scene, existing) : [foreign(scene, existing)];
};

const objectCheck = check('object-taken', 'no object of another owner is in the way', 'refused', 'name');

const byOthers = (scene: Scene, kind: string, found: ObjectFact, effect: string): CheckResult => {
  const manager = managerOf(found, found.managers);
  const who = manager === null ? 'does not belong to this deployment' : `is managed by ${manager}`;
  return objectCheck.fail(
    `A ${kind} ${found.name} exists already in ${scene.namespace} and ${who}; ${effect}.`,
    otherName(scene.name),
  );
};

const graphLabel = 'nvidia.com/dynamo-graph-deployment-name';

/** The operator would change a Service that is there without a word, whoever made it. */
const frontendService = (scene: Scene): CheckResult[] => {
  const { graph, name, updates, cluster } = scene;
  if (graph === null || updates) return [];
  const names = childNames(graph).map(child => child.name);
  return (readOr(cluster.services) ?? [])
    .filter(found => names.includes(found.name) && found.labels[graphLabel] !== name)
    .map(found =>
      byOthers(scene, 'Service', found, 'the Dynamo operator would overwrite its ports and selector'),
    );
};

/** Objects that are applied as such; a claim that is there is used as it is. */
const appliedObjects = (scene: Scene): CheckResult[] => {
  const { objects, cluster } = scene;
  const there: Readonly<Record<string, readonly ObjectFact[]>> = {
    Job: readOr(cluster.jobs) ?? [],
    Service: readOr(cluster.services) ?? [],
    Secret: readOr(cluster.secrets) ?? [],
  };
  return objects.flatMap(({ kind, metadata }) =>
    (there[kind] ?? [])
      .filter(
        found => found.name === metadata.name && found.labels['app.kubernetes.io/managed-by'] !== managedBy,
      )
      .map(found => byOthers(scene, kind, found, 'it would be overwritten')),
  );
};

const sharesNames = (release: string | null): boolean =>
  release !== null && dialectFor(release, release).operator.namesCollide;

const childCollisions = (scene: Scene): CheckResult[] => {
  const { graph, cluster, name, operatorRelease } = scene;
  if (graph === null) return [];
  const mine = childNames(graph);
  const others = (readOr(cluster.graphs) ?? []).filter(other => other.metadata.name !== name);
  return others.flatMap(other =>
    childNames(other)
      .filter(({ name: child, hashed }) =>
        mine.some(one => one.name === child && (sharesNames(operatorRelease) || !(one.hashed && hashed))),
      )
      .map(({ name: child }) =>
        objectCheck.fail(
          `The deployments ${name} and ${other.metadata.name} would both have a component ${child}, and the operator would rewrite it for ever.`,
          otherName(name),
        ),
      ),
  );
};

export const nameChecks = (scene: Scene): CheckResult[] => {
  const taken = [...frontendService(scene), ...appliedObjects(scene), ...childCollisions(scene)];
  const unread = [scene.cluster.services, scene.cluster.jobs].filter(reading => reading.kind !== 'read');
  if (taken.length > 0) return [...graphName(scene), ...taken];
  const rest =
    unread.length > 0
      ? objectCheck.unknown(
          `Services or Jobs of ${scene.namespace} were not read, so one of another owner may be in the way.`,
        )
      : objectCheck.pass('No object of another owner is in the way.');
  return [...graphName(scene), rest];
};
