/** Checks what the Hugging Face Hub says of the model. The Hub being away is never an obstacle. */

import type { CheckResult } from '../../../../core/check.ts';
import type { HubFacts } from '../../../../core/hub-facts.ts';
import { listed } from '../../../../core/text.ts';
import { inGib } from './amounts.ts';
import { modelOf } from './graphs.ts';
import { needsRemoteCode, saysTrust } from './remote-code.ts';
import { check } from './result.ts';
import type { Scene } from './scene.ts';
import { secretIsThere } from './secret-check.ts';

const existence = check('hub-model', 'the model is on the Hub', 'refused', 'model');
const revision = check('hub-revision', 'the revision is on the Hub', 'refused', 'modelRevision');
const access = check('hub-access', 'the model may be downloaded', 'forbidden', 'model');
const token = check('hub-token', 'the Hugging Face token is valid', 'forbidden');

const page = (model: string): string => `https://huggingface.co/${model}`;

/** The model lies on the cluster by then: nothing is fetched again. */
const servesIt = ({ existing, updates, model }: Scene): boolean =>
  updates && existing !== null && model !== null && modelOf(existing)?.toLowerCase() === model.toLowerCase();

const found = (_: Scene, hub: HubFacts): CheckResult => {
  const size = hub.weightsBytes === null ? '' : `, ${inGib(hub.weightsBytes)} of weights`;
  return existence.pass(`${hub.id ?? hub.model} is on the Hub${size}.`);
};

/** A private repository looks like a missing one to those who may not see it. */
const missing = (_: Scene, hub: HubFacts): CheckResult => {
  const others = hub.suggestions.slice(0, 3);
  const guess = others.length === 0 ? '' : `Did you mean ${listed(others, 'or')}? `;
  const own = hub.withToken
    ? 'If it is private, use a token that may read it.'
    : 'If it is private, set HF_TOKEN to a token that may read it.';
  return existence.fail(
    `The model ${hub.model} was not found on the Hub ${hub.endpoint} (or it is private).`,
    `${guess}Check the spelling of the name. ${own}`,
  );
};

const noRevision = (_: Scene, hub: HubFacts): CheckResult =>
  revision.fail(
    `${hub.id ?? hub.model} has no revision "${hub.asked}" on the Hub.`,
    'Name a branch, tag or commit that exists: --model-revision main',
  );

const gated = (scene: Scene, hub: HubFacts): CheckResult => {
  const model = hub.id ?? hub.model;
  const url = page(model);
  if (!hub.withToken && secretIsThere(scene))
    return access.unknown(
      `${model} is gated, and whether the token in the cluster's Secret has access was not tried: its value is never read.`,
      `Set HF_TOKEN to the same token to have it tried.`,
    );
  if (!hub.withToken)
    return access.fail(
      `${model} is gated: it can only be downloaded with the token of an account that accepted its licence, and there is no token.`,
      `Accept the licence at ${url}, then set HF_TOKEN to a token of that account and run again.`,
    );
  const account =
    hub.account === null ? 'The account behind the token' : `The Hugging Face account ${hub.account}`;
  const waits = hub.gated === 'manual' ? ' Its authors grant access by hand, which can take days.' : '';
  return access.fail(
    `${account} has not been granted access to the gated model ${model} (403).`,
    `Request access with that account at ${url} and run again.${waits}`,
  );
};

const invalid = (_: Scene, hub: HubFacts): CheckResult =>
  token.fail(
    `The Hub ${hub.endpoint} does not accept the Hugging Face token.`,
    'Make a new one at https://huggingface.co/settings/tokens and set HF_TOKEN to it, or unset HF_TOKEN for a public model.',
  );

const disabled = (_: Scene, hub: HubFacts): CheckResult =>
  existence.fail(
    `${hub.id ?? hub.model} was disabled on the Hub, so it cannot be downloaded.`,
    `Choose another model; ${page(hub.id ?? hub.model)} says why.`,
  );

const unknown = (_: Scene, hub: HubFacts): CheckResult =>
  existence.unknown(
    `What the Hub says of ${hub.model} is not known: ${hub.message || `${hub.endpoint} gave no clear answer`}`,
    'If the model is in the cache already, nothing needs doing; otherwise the download will tell.',
  );

const verdicts: Readonly<Record<HubFacts['verdict'], (scene: Scene, hub: HubFacts) => CheckResult>> = {
  found,
  missing,
  gated,
  disabled,
  unknown,
  'revision-missing': noRevision,
  'token-invalid': invalid,
};

/** What would stop a first download does not stop a deployment that has its model. */
const mildly = (result: CheckResult): CheckResult =>
  result.outcome === 'fail'
    ? { ...result, outcome: 'unknown', hint: `${result.hint} The deployment that is there has the model.` }
    : result;

const code = check(
  'remote-code',
  'the model needs no code of its own, or it is trusted',
  'refused',
  'vllmArgs',
);

const remoteCode = (scene: Scene, hub: HubFacts): CheckResult[] => {
  if (hub.remoteCode !== true) return [];
  const model = hub.id ?? hub.model;
  if (saysTrust(scene.demands)) return [code.pass(`${model} brings its own Python code, which is trusted.`)];
  const need = needsRemoteCode(hub.config);
  if (need === 'no') return [code.pass(`${model} brings its own Python code, but vLLM has its own.`)];
  const hint =
    'If you trust the authors, add it to the engine arguments: --vllm-args "… --trust-remote-code"';
  return [
    need === 'yes'
      ? code.fail(
          `${model} brings its own Python code, and vLLM refuses to load it without --trust-remote-code.`,
          hint,
        )
      : code.warn(
          `${model} brings its own Python code; if vLLM has none of its own for it, it refuses to start without --trust-remote-code.`,
          hint,
        ),
  ];
};

const template = check('chat-template', 'the model has a chat template', 'refused', 'model');

const chatTemplate = ({ demands }: Scene, hub: HubFacts): CheckResult[] => {
  if (hub.chatTemplate !== false) return [];
  const given = demands.some(({ component }) =>
    component?.args.some(arg => /^--(custom-jinja-template|chat-template)(=|$)/.test(arg)),
  );
  if (given) return [];
  return [
    template.warn(
      `${hub.id ?? hub.model} has no chat template, as base models have none, so /v1/chat/completions will fail for it.`,
      'Use the Instruct model of that name, give --vllm-args "… --custom-jinja-template FILE", or use /v1/completions.',
    ),
  ];
};

export const hubChecks = (scene: Scene): CheckResult[] => {
  const { hub } = scene;
  if (hub === null) return [];
  const verdict = verdicts[hub.verdict](scene, hub);
  return [
    servesIt(scene) ? mildly(verdict) : verdict,
    ...remoteCode(scene, hub),
    ...chatTemplate(scene, hub),
  ];
};
