/** Owns what the scripted frontend of a story answers at a given moment. */

import type { ScriptedAnswer } from '../frontend/scriptedServing.ts';
import type { PodLife } from '../pods/podLife.ts';
import { commandLine, flagValue } from '../pods/role.ts';
import { substitute } from './expand.ts';
import { DEFAULT_MODEL } from './settings.ts';
import type { Answers, Loaded } from './story.ts';

/** Happy answers of this moment, with the story's own over them. */
export function answersNow(
  { story, profiles }: Loaded,
  lives: Iterable<PodLife>,
  told: Answers,
): Readonly<Record<string, ScriptedAnswer>> {
  const workers = [...lives].filter(life => ['worker', 'prefill', 'decode'].includes(life.role));
  const registered = workers.filter(life => life.stage() === 'ready');
  const some = registered[0] ?? workers[0];
  const pod = some?.pod;
  const space = pod
    ? `${pod.metadata.namespace}-${pod.metadata.labels?.['nvidia.com/dynamo-graph-deployment-name']}`
    : '';
  const words = pod ? commandLine(pod) : [];
  const model = String(story.settings.model ?? DEFAULT_MODEL);
  const servedName = flagValue(words, '--served-model-name') ?? flagValue(words, '--model') ?? model;
  const happy = substitute(profiles.frontendHttp.happy, { dynNamespace: space, servedName });
  const instances = registered.map((life, i) => ({
    component: life.role === 'prefill' ? 'prefill' : 'backend',
    endpoint: 'generate',
    namespace: space,
    instance_id: 7587890123456 + i,
    transport: { nats_tcp: 'dynamo_system' },
  }));
  const filled = fill(happy, instances) as Answers;
  return { ...(registered.length > 0 ? filled : emptied(filled)), ...told } as Record<string, ScriptedAnswer>;
}

// What stands in the profiles where the list of instances goes.
const INSTANCES = ['$', '{instances}'].join('');

function fill(value: unknown, instances: unknown): unknown {
  if (value === INSTANCES) return instances;
  if (Array.isArray(value)) return value.map(each => fill(each, instances));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, instances)]));
}

// Before a worker is registered the same with an empty list.
function emptied(answers: Answers): Answers {
  return {
    ...answers,
    'GET /v1/models': { status: 200, body: { object: 'list', data: [] } },
    'POST /v1/chat/completions': {
      status: 404,
      body: { message: 'Model not found', type: 'Not Found', code: 404 },
    },
  };
}
