/** Refusals that come from the cluster: its webhooks, quotas, permissions and policies. */

import { podSecurityHint } from '../pod-security.ts';
import { type AdmissionRule, plain, type Told } from './rule.ts';

/** The operator's own, by the name of the webhook or by what it converts. */
const isOperators = (name: string): boolean => /dynamo|nvidia/i.test(name);

/** The address may hold `timeout=10s`; what went wrong stands behind it. */
const trouble = (told: string): string => {
  const why = told.slice(told.indexOf('": ') + 1);
  if (why.includes('x509')) return 'its certificate is not trusted by the API server';
  if (/deadline exceeded|timeout|timed out/i.test(why)) return 'it did not answer in time';
  return /connection refused|no endpoints|not found|no such host|no route/i.test(why)
    ? 'nothing answers there'
    : plain(why);
};

const serviceIn = (why: string): { readonly service: string; readonly namespace: string } | null => {
  const [, service, namespace] =
    /https:\/\/([\w-]+)\.([\w-]+)\.svc/.exec(why) ?? /service "([\w-]+)"/.exec(why) ?? [];
  return service === undefined ? null : { service, namespace: namespace ?? '' };
};

const sayDown = (name: string, why: string, told: Told) => {
  const at = serviceIn(why);
  const space = at?.namespace ? ` -n ${at.namespace}` : ' -A';
  const where =
    at === null ? '' : ` (Service ${at.service}${at.namespace ? ` in namespace ${at.namespace}` : ''})`;
  const who =
    isOperators(name) || isOperators(at?.service ?? '') ? "the Dynamo operator's webhook" : 'the webhook';
  const cure = why.includes('x509')
    ? `Renew the webhook's certificate, often by restarting its Deployment: kubectl get deployments${space}`
    : `See why it is down, and try again once it runs: kubectl get pods${space}`;
  return {
    path: '',
    message: `${told.subject} cannot be checked, because ${who} ${name}${where} fails: ${trouble(why)}.`,
    hint: cure,
  };
};

const webhookDown: AdmissionRule = {
  code: 'admission-webhook-down',
  pattern: /failed calling webhook "([^"]+)": (.+)/gs,
  say: ([name = '', why = ''], told) => sayDown(name, why, told),
};

const conversionDown: AdmissionRule = {
  code: 'admission-webhook-down',
  pattern:
    /conversion webhook for ([^,\s]+), Kind=\w+ failed: (Post .+|.*(?:refused|endpoints|x509|deadline).*)/gs,
  say: ([version = '', why = ''], told) => sayDown(`for ${version}`, why, told),
};

const resourcePath = (resources: string): string => {
  if (/storage|persistentvolumeclaims/.test(resources)) return 'modelCacheSize';
  return /gpu|cpu|memory|pods/.test(resources) ? 'replicas' : '';
};

const cures: Readonly<Record<string, string>> = {
  modelCacheSize: 'Ask for less with --model-cache-size, use an existing claim with --model-cache claim:NAME',
  replicas: 'Use fewer --replicas or a smaller --tensor-parallel-size',
  '': 'Delete what is no longer needed, use another --namespace',
};

const quota: AdmissionRule = {
  code: 'admission-quota',
  pattern: /exceeded quota: ([^,]+), requested: (\S+?), used: (\S+?), limited: ([^\s\]]+)/g,
  say: ([name = '', requested = '', used = '', limited = ''], told) => {
    const path = resourcePath(requested);
    return {
      path,
      message: `The quota ${name} of namespace ${told.namespace} does not allow ${told.subject}: it asks for ${requested}, ${used} is used and the limit is ${plain(limited)}.`,
      hint: `${cures[path] ?? ''}, or have the quota raised: kubectl -n ${told.namespace} describe quota ${name}`,
    };
  },
};

const quotaIncomplete: AdmissionRule = {
  code: 'admission-quota',
  pattern: /failed quota: ([^:]+): must specify (.+)/g,
  say: ([name = '', what = ''], told) => ({
    path: '',
    message: `The quota ${name} of namespace ${told.namespace} wants ${told.subject} to say ${plain(what)}.`,
    hint: `Have a LimitRange set defaults in the namespace, or use another --namespace: kubectl -n ${told.namespace} describe quota ${name}`,
  }),
};

const limitRange: AdmissionRule = {
  code: 'admission-limit-range',
  pattern: /(maximum|minimum) (\S+) usage per (\w+) is ([^\s,]+), but (?:request|limit) is ([^\s,\]]+)/g,
  say: ([bound = '', resource = '', per = '', limit = '', asked = ''], told) => ({
    path: resourcePath(resource),
    message: `A LimitRange of namespace ${told.namespace} sets ${limit} as the ${bound} of ${resource} per ${per}, and ${told.subject} asks for ${plain(asked)}.`,
    hint: `Ask for a size within it${per === 'PersistentVolumeClaim' ? ' with --model-cache-size' : ''}, or have the limit changed: kubectl -n ${told.namespace} describe limitrange`,
  }),
};

const terminating: AdmissionRule = {
  code: 'admission-namespace-terminating',
  pattern: /unable to create new content in namespace (\S+) because it is being terminated/g,
  say: ([namespace = '']) => ({
    path: 'namespace',
    message: `The namespace ${namespace} is being deleted, so nothing can be created in it.`,
    hint: `Wait until it is gone (kubectl get namespace ${namespace}) and try again, or use another --namespace.`,
  }),
};

const permission: AdmissionRule = {
  code: 'apply-forbidden',
  pattern:
    /User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/g,
  say: ([user = '', verb = '', resource = '', group = '', namespace = '']) => {
    const what = group === '' ? resource : `${resource}.${group}`;
    const where = namespace === '' ? '' : ` in namespace ${namespace}`;
    return {
      path: '',
      message: `The user ${user} may not ${verb} ${what}${where}.`,
      hint: `Have an admin grant it; the Role that is needed: ./cli nvidia-platform dynamo-vllm check${namespace === '' ? '' : ` -n ${namespace}`} --print-rbac`,
    };
  },
};

const podSecurity: AdmissionRule = {
  code: 'admission-pod-security',
  pattern: /violates PodSecurity "([^"]+)": (.+)/g,
  say: ([level = '', why = ''], told) => ({
    path: 'namespace',
    message: `The Pod Security level ${level} of namespace ${told.namespace} does not allow ${told.subject}: ${plain(why)}.`,
    hint: podSecurityHint(told.namespace, level),
  }),
};

/** Somebody's policy engine; the operator's own refusals have rules of their own. */
const policy: AdmissionRule = {
  code: 'admission-policy',
  pattern:
    /(?:admission webhook "([^"]+)"|ValidatingAdmissionPolicy '([^']+)'.*?) denied (?:the )?request: (.+)/gs,
  say: ([webhook = '', validation = '', why = ''], told) => {
    const name = webhook || validation;
    if (isOperators(name)) return null;
    return {
      path: '',
      message: `The cluster's policy ${name} refuses ${told.subject}: ${plain(why)}.`,
      hint: 'Change what the policy names, or ask whoever runs the cluster for an exception.',
    };
  },
};

export const clusterRules: readonly AdmissionRule[] = [
  webhookDown,
  conversionDown,
  quota,
  quotaIncomplete,
  limitRange,
  terminating,
  permission,
  podSecurity,
  policy,
];
