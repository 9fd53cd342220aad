/** A live graph in a few facts, for lists and for the head of a status. */

import type { DeployedCondition, DeployedRole, Described } from '../../../../core/deployed.ts';
import type { KubernetesObject } from '../../../../core/manifest.ts';
import { ownName } from '../../../../core/ownership.ts';
import type { Values } from '../../../../core/settings.ts';
import { type Component, componentsOf } from '../graph.ts';
import { modelOf } from '../preflight/graphs.ts';
import { deployedBy } from '../probe/deployed.ts';
import { addressOf } from '../probe/probe.ts';
import { count, type Data, list, metadataOf, number, record, text } from '../wait/members.ts';
import { moment } from '../wait/moment.ts';

const answer = (answers: Values | null, key: string): string | null => {
  const value = answers?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** `services` in v1alpha1, `components` from v1beta1 on; Grove reports available replicas only. */
const readyOf = (status: Data, name: string): number => {
  const said = record(record(status.services ?? status.components)[name]);
  return number(said.readyReplicas) ?? count(said.availableReplicas);
};

const roleOf =
  (status: Data) =>
  ({ name, replicas, gpu }: Component): DeployedRole => {
    const wanted = Number.isFinite(replicas) ? replicas : 1;
    const gpus = Number(gpu ?? 0);
    return {
      name,
      ready: Math.min(wanted, readyOf(status, name)),
      wanted,
      gpus: Number.isFinite(gpus) ? gpus : 0,
    };
  };

const conditionsOf = (status: Data): DeployedCondition[] =>
  list(status.conditions).map(each => {
    const { type, status: value, reason, message } = record(each);
    return { type: text(type), status: text(value), reason: text(reason), message: text(message) };
  });

const stateOf = (graph: KubernetesObject, roles: readonly DeployedRole[]): Described['state'] => {
  if (metadataOf(graph).deletionTimestamp !== undefined) return 'being removed';
  const status = record(graph['status']);
  const state = text(status.state);
  if (state === 'failed') return 'failed';
  if (state === '' && list(status.conditions).length === 0) return 'not taken up';
  return state === 'successful' && roles.every(({ ready, wanted }) => ready >= wanted)
    ? 'ready'
    : 'not ready';
};

const modeOf = (components: readonly Component[], answers: Values | null): Described['mode'] => {
  const said = answer(answers, 'mode');
  if (said === 'aggregated' || said === 'disaggregated') return said;
  if (components.length === 0) return null;
  return components.some(({ type, name }) => type === 'prefill' || /prefill/i.test(name))
    ? 'disaggregated'
    : 'aggregated';
};

/** The version in which this program applied it; where that is not known, the one in which it was read. */
const writtenIn = (graph: KubernetesObject): string => {
  const managers = list(record(graph.metadata)['managedFields']).map(record);
  const own = managers.findLast(({ manager, operation }) => manager === ownName && operation === 'Apply');
  return text(own?.apiVersion) || graph.apiVersion;
};

const versionLabel = 'app.kubernetes.io/version';

export const describe = (graph: KubernetesObject, answers: Values | null): Described => {
  const { name, namespace = '' } = graph.metadata;
  const status = record(graph['status']);
  const components = componentsOf(graph);
  const roles = components.map(roleOf(status));
  const deployed = deployedBy(graph, name, namespace);
  const images = components.map(({ image }) => image).filter(image => image !== '');
  return {
    name,
    namespace,
    model: answer(answers, 'model') ?? modelOf(graph),
    mode: modeOf(components, answers),
    release: deployed.release ?? graph.metadata.labels?.[versionLabel] ?? null,
    apiVersion: writtenIn(graph),
    image: images.at(-1) ?? null,
    roles,
    gpus: roles.reduce((sum, { wanted, gpus }) => sum + wanted * gpus, 0),
    state: stateOf(graph, roles),
    createdAt: moment(metadataOf(graph).creationTimestamp),
    address: addressOf(deployed),
    conditions: conditionsOf(status),
  };
};
