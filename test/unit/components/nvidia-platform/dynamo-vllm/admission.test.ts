import { describe, expect, test } from 'vitest';
import { admissionCatalogue } from '../../../../../src/components/nvidia-platform/dynamo-vllm/admission/catalogue.ts';
import { admissionFindings } from '../../../../../src/components/nvidia-platform/dynamo-vllm/admission.ts';
import { catalogue } from '../../../../../src/components/nvidia-platform/dynamo-vllm/catalogue.ts';
import type { KubernetesObject } from '../../../../../src/core/manifest.ts';

const objectOf = (kind: string, name = 'chat'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'team-a' },
});
const graph = objectOf('DynamoGraphDeployment');
const claim = objectOf('PersistentVolumeClaim', 'cache');

const heads: Readonly<Record<number, string>> = {
  400: 'The cluster refused this (400): ',
  403: 'The cluster forbids this (403): ',
  422: 'The cluster refused this (422): ',
  500: 'The API server at https://127.0.0.1:6443 failed (500): ',
};
const explain = (status: number, words: string, object = graph, settings: object | null = {}) =>
  admissionFindings(
    { status, message: `${heads[status]}${words}`, causes: [] },
    object,
    settings as Readonly<Record<string, never>> | null,
  );

const hook = 'admission webhook "vdynamographdeployment.kb.io" denied the request: ';
const listed = `${hook}DynamoGraphDeployment.nvidia.com "chat" is invalid: `;

type Case = readonly [
  what: string,
  status: number,
  words: string,
  code: string,
  path: string,
  says: RegExp,
  hint: RegExp,
  object?: KubernetesObject,
];

const cases: readonly Case[] = [
  [
    'a name that is too long for 1.0 and 1.1',
    403,
    `${hook}spec.services[Frontend]: combined resource name length 54 exceeds 45-character limit required for pod naming. Consider shortening the DynamoGraphDeployment name 'a'`,
    'admission-name-length',
    'name',
    /Frontend.*54 characters.*45/,
    /at most 37 characters with --name/,
    objectOf('DynamoGraphDeployment', 'a'.repeat(46)),
  ],
  [
    'a change of mode up to 1.2',
    403,
    `${hook}service topology is immutable and cannot be modified after creation: services added: [prefill decode], services removed: [worker]`,
    'admission-topology',
    'mode',
    /services added: \[prefill decode\], services removed: \[worker\]/,
    /uninstall chat -n team-a/,
  ],
  [
    'a change of mode from 1.4',
    422,
    `${listed}spec.components: Forbidden: component topology is immutable and cannot be modified after creation: components added: [extra]`,
    'admission-topology',
    'mode',
    /components added: \[extra\]\.$/,
    /--name/,
  ],
  [
    'a change between one node and several',
    403,
    `${hook}spec.services[worker] cannot change node topology (between single-node and multi-node) after creation`,
    'admission-topology',
    'mode',
    /spec\.services\[worker\]/,
    /uninstall/,
  ],
  [
    'an image without a version',
    422,
    `${listed}[spec.components[0].runtimeVersionOverride: Required value: is required when the specified main container image has no parseable semantic-version tag, spec.components[1].runtimeVersionOverride: Required value: is required when the specified main container image has no parseable semantic-version tag]`,
    'admission-image-version',
    'image',
    /release/,
    /--release/,
  ],
  [
    'shared memory without a size',
    403,
    `${hook}spec.services[worker].sharedMemory.size is required when disabled is false`,
    'admission-shared-memory',
    'sharedMemory',
    /shared memory/,
    /--shared-memory/,
  ],
  [
    'shared memory refused by the schema',
    422,
    'DynamoGraphDeployment.nvidia.com "chat" is invalid: spec.services[worker].sharedMemory: Invalid value: "object": size is required when disabled is false',
    'admission-shared-memory',
    'sharedMemory',
    /shared memory/,
    /--shared-memory/,
  ],
  [
    'a number for a text, from the mutating webhook',
    400,
    'admission webhook "mdynamographdeployment.kb.io" denied the request: json: cannot unmarshal number into Go struct field ResourceItem.spec.services.resources.limits.gpu of type string',
    'admission-wrong-type',
    'spec.services.resources.limits.gpu',
    /no string/,
    /in quotes/,
  ],
  [
    'a number for a text, from the conversion webhook',
    500,
    'Internal error occurred: conversion webhook for nvidia.com/v1alpha1, Kind=DynamoGraphDeployment failed: json: cannot unmarshal number into Go struct field ResourceItem.spec.services.resources.limits.gpu of type string',
    'admission-wrong-type',
    'spec.services.resources.limits.gpu',
    /no string/,
    /in quotes/,
  ],
  [
    'a number for a text, from server-side apply',
    500,
    'failed to create typed patch object (team-a/chat; nvidia.com/v1alpha1, Kind=DynamoGraphDeployment): .spec.services.worker.resources.limits.gpu: expected string, got &value.valueUnstructured{Value:1}',
    'admission-wrong-type',
    'spec.services.worker.resources.limits.gpu',
    /no string/,
    /in quotes/,
  ],
  [
    'a text for a number, from the schema',
    422,
    'DynamoGraphDeployment.nvidia.com "chat" is invalid: spec.services.worker.replicas: Invalid value: "string": spec.services.worker.replicas in body must be of type integer: "string"',
    'admission-wrong-type',
    'spec.services.worker.replicas',
    /no integer/,
    /without quotes/,
  ],
  [
    'an unknown field, strictly',
    400,
    'strict decoding error: unknown field "spec.services.worker.replica"',
    'admission-unknown-field',
    'spec.services.worker.replica',
    /spec\.services\.worker\.replica/,
    /--operator-release/,
  ],
  [
    'an unknown field in server-side apply',
    500,
    'failed to create typed patch object (team-a/chat; nvidia.com/v1alpha1, Kind=DynamoGraphDeployment): .spec.foo: field not declared in schema',
    'admission-unknown-field',
    'spec.foo',
    /spec\.foo/,
    /spelling/,
  ],
  [
    'a name in capitals',
    422,
    `DynamoGraphDeployment.nvidia.com "Chat" is invalid: metadata.name: Invalid value: "Chat": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]')`,
    'admission-name',
    'name',
    /the name Chat: a lowercase RFC 1123/,
    /--name/,
  ],
  [
    'an operator that is down',
    500,
    'Internal error occurred: failed calling webhook "vdynamographdeployment.kb.io": failed to call webhook: Post "https://dynamo-webhook.dynamo-system.svc:443/validate?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    'admission-webhook-down',
    '',
    /operator's webhook vdynamographdeployment\.kb\.io.*dynamo-webhook.*nothing answers/,
    /kubectl get pods -n dynamo-system/,
  ],
  [
    'a conversion webhook that is down',
    500,
    'conversion webhook for nvidia.com/v1beta1, Kind=DynamoGraphDeployment failed: Post "https://dynamo-webhook.dynamo-system.svc:443/convert?timeout=30s": no endpoints available for service "dynamo-webhook"',
    'admission-webhook-down',
    '',
    /nothing answers/,
    /dynamo-system/,
  ],
  [
    'a certificate that expired',
    500,
    'Internal error occurred: failed calling webhook "vdynamographdeployment.kb.io": failed to call webhook: Post "https://dynamo-webhook.dynamo-system.svc:443/validate": tls: failed to verify certificate: x509: certificate has expired',
    'admission-webhook-down',
    '',
    /certificate is not trusted/,
    /restarting/,
  ],
  [
    'a quota of storage',
    403,
    'persistentvolumeclaims "cache" is forbidden: exceeded quota: budget, requested: requests.storage=10Gi, used: requests.storage=10Gi, limited: requests.storage=15Gi',
    'admission-quota',
    'modelCacheSize',
    /quota budget.*team-a.*requests\.storage=10Gi.*limit is requests\.storage=15Gi/,
    /--model-cache-size/,
    claim,
  ],
  [
    'a quota of GPUs',
    403,
    'pods "chat-0" is forbidden: exceeded quota: gpu-budget, requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=4, limited: requests.nvidia.com/gpu=4',
    'admission-quota',
    'replicas',
    /gpu-budget/,
    /--replicas/,
  ],
  [
    'a limit range',
    403,
    'persistentvolumeclaims "cache" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
    'admission-limit-range',
    'modelCacheSize',
    /5Gi as the maximum.*10Gi/,
    /--model-cache-size/,
    claim,
  ],
  [
    'a namespace on its way out',
    403,
    'persistentvolumeclaims "cache" is forbidden: unable to create new content in namespace team-a because it is being terminated',
    'admission-namespace-terminating',
    'namespace',
    /team-a is being deleted/,
    /--namespace/,
    claim,
  ],
  [
    'a missing permission',
    403,
    'jobs.batch "chat-download" is forbidden: User "ann" cannot patch resource "jobs" in API group "batch" in the namespace "team-a"',
    'apply-forbidden',
    '',
    /ann may not patch jobs\.batch in namespace team-a/,
    /check -n team-a --print-rbac/,
  ],
  [
    'Pod Security',
    403,
    'pods "chat" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set it)',
    'admission-pod-security',
    'namespace',
    /restricted:latest.*allowPrivilegeEscalation/,
    /kubectl label namespace team-a/,
  ],
  [
    'a policy engine',
    403,
    'admission webhook "validate.kyverno.svc-fail" denied the request: resource team-a/chat was blocked: require-owner: label owner is required',
    'admission-policy',
    '',
    /validate\.kyverno\.svc-fail.*label owner is required/,
    /exception/,
  ],
  [
    'an admission policy',
    422,
    "DynamoGraphDeployment \"chat\" is forbidden: ValidatingAdmissionPolicy 'owners' with binding 'owners-all' denied request: label owner is required",
    'admission-policy',
    '',
    /owners refuses.*label owner/,
    /exception/,
  ],
  [
    'a claim that would shrink',
    422,
    'PersistentVolumeClaim "cache" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    'admission-claim',
    'modelCacheSize',
    /cache.*cannot shrink/,
    /--model-cache claim:cache/,
    claim,
  ],
  [
    'a claim whose class cannot grow',
    403,
    'persistentvolumeclaims "cache" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    'admission-claim',
    'modelCacheSize',
    /cannot grow/,
    /allowVolumeExpansion/,
    claim,
  ],
  [
    'an amount that is none',
    500,
    "failed to convert new object (team-a/cache; /v1, Kind=PersistentVolumeClaim) to proper version: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    'admission-quantity',
    'modelCacheSize',
    /PersistentVolumeClaim cache/,
    /100Gi/,
    claim,
  ],
  [
    'replicas that a scaling adapter owns',
    403,
    `${hook}spec.services[worker].replicas cannot be modified directly when scaling adapter is enabled; scale or update the related DynamoGraphDeploymentScalingAdapter instead`,
    'admission-scaling-adapter',
    'replicas',
    /worker in chat/,
    /scalingadapters/,
  ],
  [
    'no components',
    422,
    `${listed}spec.components: Required value: must have at least one component`,
    'no-components',
    '',
    /no components/,
    /frontend/,
  ],
  [
    "a refusal of the operator's that nobody knows",
    403,
    `${hook}spec.restart must be unset on create`,
    'admission-denied',
    '',
    /operator refuses DynamoGraphDeployment chat: spec\.restart must be unset on create\.$/,
    /render/,
  ],
  [
    'a refusal that nobody knows',
    422,
    'DynamoGraphDeployment.nvidia.com "chat" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
    'admission-refused',
    '',
    /API server refuses.*Too long/,
    /render/,
  ],
];

describe('a refusal becomes the answer that caused it', () => {
  for (const [what, status, words, code, path, says, hint, object = graph] of cases) {
    test(what, () => {
      const findings = explain(status, words, object);
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ rule: code, level: 'error', path });
      expect(findings[0]?.message).toMatch(says);
      expect(findings[0]?.message).toMatch(/\.$/);
      expect(findings[0]?.hint).toMatch(hint);
    });
  }

  test('every code is explained', () => {
    const known = { ...catalogue, ...admissionCatalogue };
    expect(cases.map(([, , , code]) => code).filter(code => !(code in known))).toEqual([]);
  });
});

describe('several refusals at once', () => {
  test('each unknown field is named', () => {
    const words =
      'failed to create typed patch object (team-a/j; batch/v1, Kind=Job): errors:\n  .spec.template.spec.containers[name="a"].imag: field not declared in schema\n  .spec.template.spec.containerz: field not declared in schema';
    expect(explain(500, words, objectOf('Job')).map(one => one.path)).toEqual([
      'spec.template.spec.containers[name="a"].imag',
      'spec.template.spec.containerz',
    ]);
  });

  test('different rules of one list are all told', () => {
    const words = `${listed}[spec.components[1].runtimeVersionOverride: Required value: is required when the specified main container image has no parseable semantic-version tag, spec.components: Forbidden: component topology is immutable and cannot be modified after creation: components added: [extra]]`;
    expect(explain(422, words).map(one => one.rule)).toEqual([
      'admission-topology',
      'admission-image-version',
    ]);
  });

  test('the difference of a claim is left out, its kind of change told', () => {
    const words =
      'PersistentVolumeClaim "cache" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -1,6 +1,6 @@\n {\n-  "ReadWriteMany"\n+  "ReadWriteOnce"\n';
    const [only] = explain(422, words, claim);
    expect(only?.rule).toBe('admission-claim');
    expect(only?.message).not.toContain('@@');
  });
});

test('manifests from elsewhere have no settings to blame', () => {
  const words = `${listed}spec.components: Forbidden: component topology is immutable and cannot be modified after creation: components added: [extra]`;
  expect(explain(422, words, graph, null)[0]).toMatchObject({ rule: 'admission-topology', path: '' });
});
