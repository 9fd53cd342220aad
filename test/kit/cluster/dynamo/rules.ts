/** Owns what the operators' admission refuses, in the words of the releases. */

import type { KubeObject } from '../api/client.ts';
import { type Claim, type Graph, readGraph, type Service } from './graph.ts';
import { minorOf, type Traits } from './release.ts';

/** One refusal. `kind` and `value` are shown by releases that list errors. */
type Refusal = {
  readonly field: string;
  readonly kind: string;
  readonly rule: string;
  readonly plain?: string;
};

type Asked = {
  readonly graph: Graph;
  readonly old: Graph | undefined;
  readonly traits: Traits;
  readonly minor: number;
};
type Named = { readonly name: string; readonly service: Service; readonly at: string };

/** The text of the denial, or `undefined` when the object is admitted. */
export function denial(object: KubeObject, old: KubeObject | undefined, traits: Traits): string | undefined {
  const asked: Asked = {
    graph: readGraph(object),
    old: old && readGraph(old),
    traits,
    minor: minorOf(traits.release),
  };
  const refusals = [
    ...wholeRules(asked),
    ...componentRules(asked),
    ...(asked.old ? changeRules(asked, asked.old) : []),
  ];
  const [first] = refusals;
  if (!first) return undefined;
  if (!traits.listsErrors) return plainText(first);
  const list = refusals.map(each => `${each.field}: ${each.kind}: ${each.rule}`);
  const told = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  return `DynamoGraphDeployment.nvidia.com "${object.metadata.name}" is invalid: ${told}`;
}

function plainText(refusal: Refusal): string {
  return refusal.plain ?? `${refusal.field} ${refusal.rule}`;
}

function required(field: string, rule: string, plain?: string): Refusal {
  return { field, kind: 'Required value', rule, ...(plain && { plain }) };
}

function invalid(field: string, rule: string, plain?: string): Refusal {
  return { field, kind: 'Invalid value', rule, ...(plain && { plain }) };
}

function wholeRules({ graph, old, traits, minor }: Asked): Refusal[] {
  const { word } = traits;
  const singular = word.slice(0, -1);
  const count = graph.components.length;
  const out: Refusal[] = [];
  if (count === 0) {
    const rule = `must have at least one ${singular}`;
    out.push(required(`spec.${word}`, rule));
  }
  if (count > 25)
    out.push({ field: `spec.${word}`, kind: 'Too many', rule: `${count}: must have at most 25 items` });
  out.push(...(graph.spec.pvcs ?? []).flatMap(claimRules));
  out.push(...frameworkRules(graph), ...annotationRules(graph, minor));
  if (minor >= 103 && !old && graph.spec.restart) {
    const rule = 'must be unset on create; set spec.restart.id after creation to request a restart';
    out.push({ field: 'spec.restart', kind: 'Forbidden', rule });
  }
  return out;
}

function claimRules(claim: Claim, i: number): Refusal[] {
  const field = `spec.pvcs[${i}]`;
  if (!claim.name) return [required(`${field}.name`, 'is required')];
  const complete = claim.size && claim.storageClass && claim.volumeAccessMode;
  if (!claim.create || complete) return [];
  const rule = 'When create is true, size, storageClass, and volumeAccessMode are required';
  return [invalid(field, rule, `${field}: ${rule}`)];
}

function frameworkRules({ spec }: Graph): Refusal[] {
  if (spec.backendFramework === undefined || ['vllm', 'sglang', 'trtllm'].includes(spec.backendFramework))
    return [];
  return [invalid('spec.backendFramework', `Unsupported value: "${spec.backendFramework}"`)];
}

function annotationRules({ object }: Graph, minor: number): Refusal[] {
  if (minor < 100) return [];
  const annotations = object.metadata.annotations ?? {};
  const allowed: [string, RegExp, number][] = [
    ['nvidia.com/vllm-distributed-executor-backend', /^(mp|ray)$/, 100],
    ['nvidia.com/dynamo-operator-origin-version', /^v?\d+\.\d+\.\d+/, 100],
    ['nvidia.com/dynamo-kube-discovery-mode', /^(pod|container)$/, 101],
  ];
  return allowed.flatMap(([name, form, since]) => {
    const value = annotations[name];
    if (value === undefined || minor < since || form.test(value)) return [];
    const field = `metadata.annotations[${name}]`;
    return [invalid(field, `has the invalid value "${value}"`)];
  });
}

function componentRules(asked: Asked): Refusal[] {
  return asked.graph.components.flatMap(({ name, service }, i) => {
    const at = asked.traits.listsErrors && asked.graph.object.apiVersion.endsWith('beta1') ? String(i) : name;
    const named = { name, service, at: `spec.${asked.traits.word}[${at}]` };
    return [
      ...sizeRules(named),
      ...mountRules(named),
      ...memoryRules(named, asked),
      ...nameRules(named, asked),
      ...imageRules(named, asked),
    ];
  });
}

function sizeRules({ service, at }: Named): Refusal[] {
  const out: Refusal[] = [];
  if ((service.replicas ?? 1) < 0) out.push(invalid(`${at}.replicas`, 'must be greater than or equal to 0'));
  if (service.multinode && (service.multinode.nodeCount ?? 2) < 2) {
    out.push(invalid(`${at}.multinode.nodeCount`, 'must be greater than or equal to 2'));
  }
  if (service.ingress?.enabled && !service.ingress.host) {
    out.push(required(`${at}.ingress.host`, 'is required when ingress is enabled'));
  }
  return out;
}

function mountRules({ service, at }: Named): Refusal[] {
  return (service.volumeMounts ?? []).flatMap((mount, i) => {
    if (mount.mountPoint || mount.useAsCompilationCache) return [];
    return [
      required(`${at}.volumeMounts[${i}].mountPoint`, 'is required when useAsCompilationCache is false'),
    ];
  });
}

function memoryRules({ service, at }: Named, { minor }: Asked): Refusal[] {
  const memory = service.sharedMemory;
  if (!memory) return [];
  if (memory.disabled) return minor === 101 ? [required(`${at}.sharedMemory.size`, 'is required')] : [];
  if (memory.size && memory.size !== '0') return [];
  return [required(`${at}.sharedMemory.size`, 'is required when disabled is false')];
}

function nameRules({ name, at }: Named, { graph, minor }: Asked): Refusal[] {
  const length = graph.name.length + name.length;
  if (minor < 100 || minor > 101 || length <= 45) return [];
  const advice = `Consider shortening the DynamoGraphDeployment name '${graph.name}'`;
  const rule = `combined resource name length ${length} exceeds 45-character limit required for pod naming. ${advice}`;
  return [invalid(at, rule, `${at}: ${rule}`)];
}

const VERSIONED = /:v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:@sha256:[0-9a-f]+)?$/;

function imageRules({ service, at }: Named, { traits }: Asked): Refusal[] {
  if (!traits.needsVersionTag || service.runtimeVersionOverride) return [];
  const image = service.extraPodSpec?.mainContainer?.image ?? '';
  if (VERSIONED.test(image)) return [];
  const rule = 'is required when the specified main container image has no parseable semantic-version tag';
  return [required(`${at}.runtimeVersionOverride`, rule)];
}

function changeRules(asked: Asked, old: Graph): Refusal[] {
  const { graph, traits } = asked;
  const out: Refusal[] = [];
  if (graph.spec.backendFramework !== old.spec.backendFramework) {
    const value = traits.listsErrors ? `"${graph.spec.backendFramework}": is immutable` : 'is immutable';
    out.push(invalid('spec.backendFramework', `${value} and cannot be changed after creation`));
  }
  if (traits.fixedTopology) out.push(...topologyRules(asked, old), ...nodeRules(asked, old));
  return out;
}

function topologyRules({ graph, traits }: Asked, old: Graph): Refusal[] {
  const now = graph.components.map(each => each.name);
  const before = old.components.map(each => each.name);
  const added = now.filter(name => !before.includes(name));
  const removed = before.filter(name => !now.includes(name));
  if (added.length + removed.length === 0) return [];
  const { word } = traits;
  const parts = [
    ...(added.length > 0 ? [`${word} added: [${added.join(' ')}]`] : []),
    ...(removed.length > 0 ? [`${word} removed: [${removed.join(' ')}]`] : []),
  ];
  const singular = word.slice(0, -1);
  const rule = `${singular} topology is immutable and cannot be modified after creation: ${parts.join(', ')}`;
  return [{ field: `spec.${word}`, kind: 'Forbidden', rule, plain: rule }];
}

function nodeRules({ graph, traits }: Asked, old: Graph): Refusal[] {
  return graph.components.flatMap(({ name, service }) => {
    const before = old.spec.services?.[name];
    if (!before || Boolean(before.multinode) === Boolean(service.multinode)) return [];
    const rule = 'cannot change node topology (between single-node and multi-node) after creation';
    return [invalid(`spec.${traits.word}[${name}]`, rule)];
  });
}
