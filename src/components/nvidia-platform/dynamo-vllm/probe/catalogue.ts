/** Codes of what verification finds. */

import type { Catalogue } from '../../../../core/finding.ts';

const frontend = {
  'frontend-unreachable': {
    title: 'The frontend does not answer',
    meaning: 'No request reached the frontend within the time given.',
    cause: 'Its pod is not ready, restarts, or cannot be reached by port-forward.',
    remedy: "Look at the frontend's pod and its log, then verify again.",
  },
  'frontend-guarded': {
    title: 'Something before the frontend asks for credentials',
    meaning: "A request was answered 401 or 403; Dynamo's frontend itself asks for no credentials.",
    cause: 'A sidecar or proxy in the pod, such as that of a service mesh, guards the port.',
    remedy: 'Let requests to port 8000 pass, or exempt the pod.',
  },
  'frontend-hub-unreachable': {
    title: 'The frontend cannot reach Hugging Face',
    meaning:
      'Workers are registered, but the frontend lists no model: it fetches tokenizer and configuration from the Hub and cannot.',
    cause:
      'A NetworkPolicy or firewall without egress, a missing proxy, no DNS, a token that is missing or without the licence.',
    remedy:
      'Mount the model volume into the frontend at the same path as in the workers, allow egress to huggingface.co, or set HF_ENDPOINT to a mirror.',
  },
} as const satisfies Catalogue;

const models = {
  'served-under-other-name': {
    title: 'The model has another name than expected',
    meaning: 'Requests with the expected name answer 404, because the worker registered another one.',
    cause: 'Without --served-model-name a worker registers what stands behind --model, which may be a path.',
    remedy: 'Set --served-model-name on the workers, or use the listed name in requests.',
  },
  'workers-in-other-namespace': {
    title: 'The workers are registered elsewhere',
    meaning: 'Workers are registered in a Dynamo namespace that this frontend does not look at.',
    cause: 'DYN_NAMESPACE was set by hand, or frontend and workers use different discovery.',
    remedy: 'Remove DYN_NAMESPACE and the discovery annotation from the deployment.',
  },
  'workers-not-registered': {
    title: 'No worker is registered',
    meaning: 'The frontend knows no worker, although it answers.',
    cause: 'The workers have not come up, or register through another discovery than the frontend reads.',
    remedy: 'Look at the pods of the workers; remove a discovery annotation if there is one.',
  },
  'worker-role-missing': {
    title: 'A role of a disaggregated deployment is missing',
    meaning: 'Prefill or decode workers are not registered, and the model is not served without both.',
    cause: 'Their pods are not ready, or they stopped after they had been.',
    remedy: 'Look at the pods and the log of that role.',
  },
  'model-not-listed': {
    title: 'The model is not listed',
    meaning: 'Workers are registered, but the frontend lists no model.',
    cause: "The frontend could not load the model's tokenizer or configuration.",
    remedy: "Read the frontend's log.",
  },
} as const satisfies Catalogue;

const answers = {
  'no-chat-template': {
    title: 'A model without a chat template',
    meaning: 'The model completes text, but cannot be chatted with.',
    cause: 'Base models come without a chat template in their tokenizer.',
    remedy:
      'Use /v1/completions, give a template with --custom-jinja-template, or deploy the Instruct model.',
  },
  'chat-fails': {
    title: 'Chat completions fail',
    meaning: 'The model is listed, but chat completions did not work within the time given.',
    cause: 'Workers fail at requests, or are not reachable from the frontend.',
    remedy: 'Read the log of the frontend and of the workers.',
  },
  'chat-answer-wrong': {
    title: 'The answer is not what it should be',
    meaning: 'Three answers in a row named another model, were empty, unfinished, or counted no tokens.',
    cause: 'Something else answers in the place of the frontend, or the model is damaged.',
    remedy: 'Read the log of the workers; download the model again if it speaks nonsense.',
  },
  'stream-fails': {
    title: 'Streaming does not work',
    meaning: 'The model answers, but not with "stream": true.',
    cause: 'A proxy in the pod collects answers, or the frontend fails while it streams.',
    remedy: "Read the frontend's log.",
  },
} as const satisfies Catalogue;

const proofs = {
  'kv-router-not-event-driven': {
    title: 'The KV router guesses',
    meaning: 'Requests are answered, but the router knows nothing of what workers have cached.',
    cause:
      'Workers publish no KV events: from Dynamo 1.1 on they do so only with --kv-events-config; or the router was told not to listen.',
    remedy: 'Render the deployment again for its release, or add --kv-events-config to the workers.',
  },
  'router-weight-ignored': {
    title: 'A router weight that nobody reads',
    meaning: 'The variable for the overlap weight has a name that this release ignores.',
    cause: 'It was renamed in 1.0 and again in 1.2.',
    remedy: 'Use the name in the message, or remove the variable.',
  },
  'prefill-not-used': {
    title: 'Prefill workers have no part',
    meaning: 'Requests were answered without the prefill workers.',
    cause: 'They are not registered, or the frontend found no way to them and fell back to decode workers.',
    remedy: 'Look at the log of the prefill workers.',
  },
} as const satisfies Catalogue;

const load = {
  'requests-fail': {
    title: 'Requests fail',
    meaning: 'A good part of the requests that the frontend has had so far ended with an error.',
    cause: 'Workers fail, restart or are missing, or clients ask for what the model does not do.',
    remedy: "Read the frontend's log, which names each request that failed and why.",
  },
  'kv-cache-full': {
    title: 'The KV cache is full',
    meaning:
      'New requests wait until others have ended, because no memory is left for their keys and values.',
    cause: 'More or longer requests at once than the GPUs have room for.',
    remedy: 'Add replicas, shorten --max-model-len, or use GPUs with more memory.',
  },
} as const satisfies Catalogue;

export const probeCatalogue = {
  ...frontend,
  ...models,
  ...answers,
  ...proofs,
  ...load,
} as const satisfies Catalogue;
