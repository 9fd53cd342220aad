/** Owns what the played Hub says of the models that a story's profiles know. */

import type { Answer, Json, Profiles } from './story.ts';

type Model = Json & { sha: string; weightsGiB: number; gated: boolean | string; arch: string };

/** The Hub's answer to a request such as `GET /api/models/<id>`. */
export function modelAnswer(request: string, authorized: boolean, profiles: Profiles): Answer {
  const path = request.replace(/^\w+ /, '').split('?')[0] ?? '';
  if (path === '/api/whoami-v2') {
    return authorized ? { status: 200, body: { name: 'rehearsal', type: 'user' } } : { status: 401 };
  }
  const id = Object.keys(profiles.models).find(name => mentions(path, name));
  const model = id === undefined ? undefined : (profiles.models[id] as Model | undefined);
  if (id === undefined || !model) return notFound();
  if (path.startsWith('/api/models/'))
    return { status: 200, body: path.includes('/tree/') ? tree(model) : card(id, model) };
  return fileAnswer(path, id, model, authorized);
}

function mentions(path: string, id: string): boolean {
  return (
    path === `/api/models/${id}` ||
    path.startsWith(`/api/models/${id}/`) ||
    path.startsWith(`/${id}/resolve/`)
  );
}

function notFound(): Answer {
  const headers = { 'X-Error-Code': 'RepoNotFound', 'X-Error-Message': 'Repository not found' };
  return { status: 401, headers, body: { error: 'Repository not found' } };
}

const SHARD_GIB = 4.6;

function files(model: Model): { path: string; size: number }[] {
  const bytes = model.weightsGiB * 1024 ** 3;
  const count = Math.max(1, Math.ceil(model.weightsGiB / SHARD_GIB));
  const shard = (i: number) =>
    `model-${String(i + 1).padStart(5, '0')}-of-${String(count).padStart(5, '0')}.safetensors`;
  const weights = Array.from({ length: count }, (_, i) => ({
    path: shard(i),
    size: Math.round(bytes / count),
  }));
  const small = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];
  return [...small.map(path => ({ path, size: 4096 })), ...weights];
}

function card(id: string, model: Model): Json {
  const siblings = files(model).map(({ path, size }) => ({ rfilename: path, size }));
  const usedStorage = siblings.reduce((sum, each) => sum + each.size, 0);
  return {
    id,
    modelId: id,
    sha: model.sha,
    private: false,
    gated: model.gated,
    disabled: false,
    pipeline_tag: 'text-generation',
    library_name: 'transformers',
    config: configOf(model),
    siblings,
    usedStorage,
  };
}

function tree(model: Model): Json[] {
  return files(model).map(({ path, size }) => ({ type: 'file', path, size }));
}

function fileAnswer(path: string, id: string, model: Model, authorized: boolean): Answer {
  if (model.gated && !authorized) {
    return {
      status: 401,
      headers: { 'X-Error-Code': 'GatedRepo', 'X-Error-Message': `Access to model ${id} is restricted.` },
    };
  }
  const headers = { 'X-Repo-Commit': model.sha };
  if (path.endsWith('/config.json')) return { status: 200, headers, body: configOf(model) };
  if (path.endsWith('/tokenizer_config.json')) {
    const template = model.chatTemplate === false ? {} : { chat_template: '{{ messages }}' };
    return { status: 200, headers, body: { tokenizer_class: 'PreTrainedTokenizerFast', ...template } };
  }
  if (path.endsWith('.json') && !path.endsWith('index.json')) return { status: 200, headers, body: {} };
  return { status: 404, headers: { 'X-Error-Code': 'EntryNotFound' } };
}

// The members of config.json, by the short names the profiles use.
const DIMENSIONS: Readonly<Record<string, string>> = {
  layers: 'num_hidden_layers',
  hidden: 'hidden_size',
  heads: 'num_attention_heads',
  kvHeads: 'num_key_value_heads',
  headDim: 'head_dim',
  inter: 'intermediate_size',
  moeInter: 'moe_intermediate_size',
  experts: 'num_experts',
  topK: 'num_experts_per_tok',
  maxPos: 'max_position_embeddings',
  vocab: 'vocab_size',
  quant: 'quantization_config',
  kvLoraRank: 'kv_lora_rank',
  qkRopeHeadDim: 'qk_rope_head_dim',
  slidingWindow: 'sliding_window',
  modelType: 'model_type',
};

function configOf(model: Model): Json {
  const named = Object.entries(DIMENSIONS)
    .filter(([short]) => model[short] !== undefined)
    .map(([short, long]) => [long, model[short]]);
  const code = model.autoMap
    ? { auto_map: { AutoModelForCausalLM: 'modeling.Model', AutoConfig: 'configuration.Config' } }
    : {};
  const type = model.arch.replace(/ForCausalLM$|ForConditionalGeneration$/, '').toLowerCase();
  return {
    architectures: [model.arch],
    model_type: type,
    torch_dtype: 'bfloat16',
    ...code,
    ...Object.fromEntries(named),
  };
}
