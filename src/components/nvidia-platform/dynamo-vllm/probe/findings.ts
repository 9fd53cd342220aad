/** The named causes: what is said and what to do, with the values that were read. */

import type { Finding } from '../../../../core/finding.ts';
import { listed } from '../../../../core/text.ts';
import { finding } from '../rule.ts';
import type { Deployed } from './deployed.ts';
import type { HubFailure } from './hub-log.ts';
import type { Instance } from './workers.ts';

const own = './cli nvidia-platform dynamo-vllm';

type Named = (deployed: Deployed) => string;

const frontendLog: Named = ({ name, namespace, frontend }) =>
  `kubectl -n ${namespace} logs -l nvidia.com/dynamo-graph-deployment-name=${name},nvidia.com/dynamo-component=${frontend} --tail 50`;

const pods: Named = ({ name, namespace }) =>
  `kubectl -n ${namespace} get pods -l nvidia.com/dynamo-graph-deployment-name=${name}`;

const wantedOf = ({ served }: Deployed): string => served[0] ?? 'the model';

export const frontendUnreachable = (deployed: Deployed, why: string): Finding =>
  finding(
    'frontend-unreachable',
    'error',
    '',
    `The frontend of ${deployed.name} does not answer: ${why.replace(/\.$/, '')}.`,
    `See how its pods are: ${pods(deployed)}`,
  );

export const frontendGuarded = (deployed: Deployed, path: string, status: number): Finding =>
  finding(
    'frontend-guarded',
    'error',
    '',
    `${path} of ${deployed.name} answers ${status}: something before the frontend asks for credentials, which Dynamo's frontend itself never does.`,
    `Look for a sidecar or proxy in the frontend's pod and let requests to port 8000 pass: ${pods(deployed)}`,
  );

export const hubUnreachable = (
  deployed: Deployed,
  failure: HubFailure,
  policies: readonly string[],
): Finding => {
  const through = policies.length === 0 ? '' : ` (in the namespace: ${listed(policies)})`;
  const volume = deployed.frontendHasModel
    ? 'Let the frontend take the model from its volume: --model with the local path on the mounted volume'
    : 'Mount the model volume into the frontend at the same path as in the workers';
  const egress =
    policies.length === 0
      ? 'allow it egress to huggingface.co or set HF_ENDPOINT to a mirror'
      : `allow egress to huggingface.co in ${listed(policies, 'or')}, or set HF_ENDPOINT to a mirror`;
  return finding(
    'frontend-hub-unreachable',
    'error',
    '',
    `The frontend serves no model, /v1/models is empty: it could not fetch the tokenizer and config of ${failure.model || wantedOf(deployed)} from Hugging Face, ${failure.reason}${through}.`,
    `${volume}, or ${egress}; then start the frontend anew.`,
  );
};

export const servedUnderOtherName = (
  deployed: Deployed,
  ids: readonly string[],
  status: number | null,
): Finding => {
  const wanted = wantedOf(deployed);
  const answer = status === null ? 'is not served' : `answers ${status}`;
  return finding(
    'served-under-other-name',
    'error',
    '',
    `The endpoint serves ${listed(ids)}, and ${wanted} ${answer}: the worker registered the model under a different name.`,
    `Give the worker --served-model-name ${wanted}, or use the name ${ids[0] ?? ''} in requests.`,
  );
};

export const workersElsewhere = (deployed: Deployed, foreign: readonly Instance[]): Finding => {
  const where = [...new Set(foreign.map(({ namespace }) => namespace))];
  const mixed =
    deployed.discovery === null
      ? ''
      : ` The deployment carries nvidia.com/dynamo-discovery-backend: ${deployed.discovery}.`;
  return finding(
    'workers-in-other-namespace',
    'error',
    '',
    `The frontend of ${deployed.name} looks for workers in the Dynamo namespace ${deployed.dynamoNamespace}, but they are registered in ${listed(where)}.${mixed}`,
    'Remove DYN_NAMESPACE and the annotation nvidia.com/dynamo-discovery-backend from the deployment, so that frontend and workers use the same discovery.',
  );
};

export const noWorkers = (deployed: Deployed): Finding => {
  const mixed =
    deployed.discovery === null
      ? ''
      : `; the annotation nvidia.com/dynamo-discovery-backend: ${deployed.discovery} sets another discovery than the platform's`;
  return finding(
    'workers-not-registered',
    'error',
    '',
    `No worker of ${deployed.name} is registered at the frontend, so /v1/models is empty${mixed}.`,
    deployed.discovery === null
      ? `Look at the workers: ${pods(deployed)}`
      : `Remove the annotation: kubectl -n ${deployed.namespace} annotate dynamographdeployment ${deployed.name} nvidia.com/dynamo-discovery-backend-`,
  );
};

export const roleMissing = (deployed: Deployed, roles: readonly string[]): Finding => {
  const name = `The ${listed(roles)} ${roles.length === 1 ? 'role' : 'roles'}`;
  const labels = `nvidia.com/dynamo-graph-deployment-name=${deployed.name},nvidia.com/dynamo-component=${roles[0] ?? ''}`;
  return finding(
    'worker-role-missing',
    'error',
    '',
    `${name} of ${deployed.name} ${roles.length === 1 ? 'is' : 'are'} not registered at the frontend, and without ${roles.length === 1 ? 'it' : 'them'} the model is not served.`,
    `Look at those workers: kubectl -n ${deployed.namespace} logs -l ${labels} --tail 50`,
  );
};

export const notListed = (deployed: Deployed, tally: string, evidence: string): Finding =>
  finding(
    'model-not-listed',
    'error',
    '',
    `${wantedOf(deployed)} does not appear in /v1/models although workers are registered (${tally})${evidence === '' ? '' : `; the frontend says: ${evidence}`}.`,
    `Read the frontend's log: ${frontendLog(deployed)}`,
  );

export const noChatTemplate = (deployed: Deployed, model: string, completes: boolean): Finding =>
  finding(
    'no-chat-template',
    'error',
    '',
    `${model} has no chat template, as base models do not, so /v1/chat/completions cannot work${completes ? '; /v1/completions does' : ''}.`,
    `Use /v1/completions, give the workers a template with --custom-jinja-template, or deploy the Instruct model of the family: ${own} install --name ${deployed.name} --model ORG/NAME-Instruct`,
  );

export const chatFails = (deployed: Deployed, why: string, seconds: number): Finding =>
  finding(
    'chat-fails',
    'error',
    '',
    `${wantedOf(deployed)} is listed, but chat completions have not worked for ${seconds} s: ${why}.`,
    `Read the frontend's log: ${frontendLog(deployed)}`,
  );

export const badAnswer = (deployed: Deployed, why: string): Finding =>
  finding(
    'chat-answer-wrong',
    'error',
    '',
    `${wantedOf(deployed)} answers, but not as it should: ${why}.`,
    `Read the log of the workers: ${frontendLog(deployed).replace(/,nvidia.com\/dynamo-component=\S+/, '')}`,
  );

export const streamFails = (deployed: Deployed, why: string): Finding =>
  finding(
    'stream-fails',
    'error',
    '',
    `${wantedOf(deployed)} answers, but not with "stream": true: ${why}.`,
    `Read the frontend's log: ${frontendLog(deployed)}`,
  );
