/** What keeps an engine from the Hub, in the words of those who ask it: vLLM's own last word says only that there is no model. */

import { describe, expect, it } from 'vitest';
import { deployed, died, textOf } from './scenery.ts';

const model = 'meta-llama/Llama-3.1-8B-Instruct';
const awaited = deployed({ name: 'llama', model, modelCache: 'none' });

/** The traceback with which vLLM ends whatever happened before. */
const lastWord = (name: string): string[] => [
  'The above exception was the direct cause of the following exception:',
  '\u001b[0;36m(EngineCore_DP0 pid=301)\u001b[0;0m Traceback (most recent call last):',
  `ValueError: Invalid repository ID or local directory specified: '${name}'.`,
  'Please verify the following requirements:',
  '1. Provide a valid Hugging Face repository ID.',
];

const url = `https://huggingface.co/${model}/resolve/main/config.json`;
const status = (words: string, path: string): string =>
  `request error: HTTP status client error (${words}) for url (https://huggingface.co/${path})`;

const texts: readonly (readonly [rule: string, line: string, said: RegExp])[] = [
  [
    'download-gated',
    `huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access gated repo for url ${url}.`,
    /gated.*401/,
  ],
  [
    'download-dns',
    `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='huggingface.co', port=443): Max retries exceeded (Caused by NameResolutionError("Failed to resolve 'huggingface.co' ([Errno -3] Temporary failure in name resolution)"))`,
    /DNS/,
  ],
  [
    'download-rate-limited',
    `ERROR 11-21 08:00:01 [config.py:138] Error retrieving file list: 429 Client Error: Too Many Requests for url: ${url}, retrying 1 of 2`,
    /429/,
  ],
  [
    'download-not-found',
    `huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. Repository Not Found for url: ${url}.`,
    /no model .*private \(401\)/,
  ],
  [
    'download-gated',
    `Exception: Failed to fetch file 'config.json' from model '${model}': ${status('401 Unauthorized', `${model}/resolve/0e9/config.json`)}`,
    /gated.*401/,
  ],
  [
    'download-gated',
    `Exception: Failed to fetch file 'config.json' from model '${model}': ${status('403 Forbidden', `${model}/resolve/0e9/config.json`)}`,
    /gated.*403/,
  ],
  [
    'download-not-found',
    `Exception: Failed to fetch model '${model}' from HuggingFace: ${status('404 Not Found', `api/models/${model}`)}. Is this a valid HuggingFace ID?`,
    /no model .*private \(404\)/,
  ],
  [
    'download-unreachable',
    `Exception: Failed to fetch model '${model}' from HuggingFace: request error: error sending request for url (https://huggingface.co/api/models/${model}). Is this a valid HuggingFace ID?`,
    /cannot be reached/,
  ],
];

describe('an engine that does not get its model from the Hub', () => {
  it.each(texts)('%s: %s', (rule, line, said) => {
    const outlook = died(awaited, 'worker', [line, ...lastWord(model)]);
    expect(outlook.hopeless.map(one => one.rule)).toEqual([rule]);
    expect(textOf(outlook.hopeless)).toMatch(said);
    expect(outlook.evidence[0]).toContain(line.slice(0, 60));
  });

  it.each([
    [
      'a folder',
      '/opt/models/x',
      "huggingface_hub.errors.HFValidationError: Repo id must be in the form 'repo_name': '/opt/models/x'.",
    ],
    [
      'an engine that is to ask nobody',
      model,
      `huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach ${url}: offline mode is enabled.`,
    ],
    ['nothing but the last word', model, 'INFO 11-21 08:00:01 starting'],
  ])('%s: there is no model there', (_, name, line) => {
    const outlook = died(awaited, 'worker', [line, ...lastWord(name)]);
    expect(outlook.hopeless.map(one => one.rule)).toEqual(['start-model-missing']);
    expect(textOf(outlook.hopeless)).toContain(`no model at ${name}.`);
  });
});

describe('an engine that cannot use its model', () => {
  it.each([
    [
      'start-model-broken',
      [
        'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
        "OSError: It looks like the config file at '/opt/models/x/config.json' is not a valid JSON file.",
      ],
      /\/opt\/models\/x\/config\.json is cut or broken/,
    ],
    [
      'start-remote-code',
      [
        'RuntimeError: Failed to load the model config. If the model is a custom model not yet available in the HuggingFace transformers library, consider setting `trust_remote_code=True` in LLM or using the `--trust-remote-code` flag in the CLI.',
      ],
      /--trust-remote-code/,
    ],
    [
      'start-architecture',
      [
        '  Value error, Qwen9ForCausalLM has no vLLM implementation and the Transformers implementation is not compatible with vLLM. [type=value_error]',
      ],
      /architecture Qwen9ForCausalLM/,
    ],
    [
      'start-gpu-unfit',
      [
        '  Value error, The quantization method modelopt_fp4 is not supported for the current GPU. Minimum capability: 100. Current capability: 90. [type=value_error]',
      ],
      /capability 10\.0, and node node-0 has 9\.0/,
    ],
    [
      'start-gpu-broken',
      ['RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized'],
      /fabric manager/,
    ],
    [
      'start-bad-argument',
      ['  Value error, max_num_batched_tokens must be greater. [type=value_error]'],
      /must be greater\.\n/,
    ],
    [
      'start-service-links',
      [
        "ValueError: VLLM_PORT 'tcp://172.20.1.5:8000' appears to be a URI. This may be caused by a Kubernetes service discovery issue",
      ],
      /VLLM_PORT to tcp:\/\/172\.20\.1\.5:8000[\s\S]*enableServiceLinks: false/,
    ],
    [
      'start-host-memory',
      [
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore_DP0': -9}",
      ],
      /signal 9[\s\S]*memory request/,
    ],
  ])('%s: %s', (rule, lines, said) => {
    const outlook = died(awaited, 'worker', lines);
    expect(outlook.hopeless.map(one => one.rule)).toEqual([rule]);
    expect(textOf(outlook.hopeless)).toMatch(said);
    expect(textOf(outlook.hopeless)).not.toMatch(/\.\.\n/);
  });
});
