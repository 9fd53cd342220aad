/** Owns reading the operator's Deployments and the admission webhooks. */

import type { OperatorFact, WebhookFact } from '../../core/cluster-facts.ts';
import { collect, type Fold, readList } from './list.ts';
import type { Metadata } from './metadata.ts';
import type { Reader } from './reader.ts';

type WrittenContainer = {
  readonly name?: string;
  readonly image?: string;
  readonly args?: readonly string[];
};

type WrittenDeployment = {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly WrittenContainer[] } };
  };
  readonly status?: { readonly availableReplicas?: number };
};

/** The container of that name is the operator; others stand beside it. */
const managerName = 'manager';

export const operatorFact = ({ metadata, spec = {}, status }: WrittenDeployment): OperatorFact => {
  const containers = spec.template?.spec?.containers ?? [];
  const { image = '', args = [] } =
    containers.find(({ name }) => name === managerName) ?? containers[0] ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    replicas: spec.replicas ?? 1,
    available: status?.availableReplicas ?? 0,
    image,
    args,
  };
};

export const readOperators = (reader: Reader, labelSelector: string): Promise<readonly OperatorFact[]> =>
  readList(reader, { path: '/apis/apps/v1/deployments', query: { labelSelector } }, collect(operatorFact));

type WrittenWebhook = {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly rules?: readonly { readonly apiGroups?: readonly string[] }[];
  readonly clientConfig?: { readonly service?: { readonly namespace: string; readonly name: string } };
  readonly namespaceSelector?: {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
};

type WebhookConfiguration = { readonly webhooks?: readonly WrittenWebhook[] };

/** Every namespace carries its name under this label, by itself (Kubernetes 1.22 on). */
const nameLabel = 'kubernetes.io/metadata.name';

/** Namespaces that a selector names; undefined when it does not go by names. */
const namespacesOf = ({ namespaceSelector = {} }: WrittenWebhook): readonly string[] | undefined => {
  const { matchLabels, matchExpressions = [] } = namespaceSelector;
  const one = matchLabels?.[nameLabel];
  if (one !== undefined) return [one];
  return matchExpressions.find(({ key, operator }) => key === nameLabel && operator === 'In')?.values;
};

const webhookFact = (webhook: WrittenWebhook): WebhookFact => {
  const { name, failurePolicy = 'Fail', clientConfig } = webhook;
  const service = clientConfig?.service;
  const namespaces = namespacesOf(webhook);
  return {
    name,
    failurePolicy,
    service: service ? `${service.namespace}/${service.name}` : null,
    ...(namespaces === undefined ? {} : { namespaces }),
  };
};

/** Keeps those whose rules name the group; a rule for every group belongs to a policy engine, not to the operator. */
export const webhooksFor = (group: string) => (): Fold<WebhookConfiguration, readonly WebhookFact[]> => {
  const facts: WebhookFact[] = [];
  return {
    add: ({ webhooks = [] }) => {
      for (const webhook of webhooks)
        if (webhook.rules?.some(rule => rule.apiGroups?.includes(group))) facts.push(webhookFact(webhook));
    },
    end: () => facts,
  };
};

export const readWebhooks = (reader: Reader, group: string): Promise<readonly WebhookFact[]> =>
  readList(
    reader,
    { path: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations' },
    webhooksFor(group),
  );
