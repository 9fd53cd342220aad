/** What is known of a model, a GPU and a choice of settings: plain data with units in the names; null is always "not known". */

/** Null where nobody said. */
export type Heads = { readonly kvHeads: number | null; readonly headDim: number | null };

/** How the keys and values of one kind of layer are cached. */
export type LayerKind =
  /** Grouped-query or multi-head attention over the whole context; with heads of its own where they differ from those with a window. */
  | { readonly kind: 'full'; readonly layers: number; readonly heads?: Heads }
  /** The same within a window of so many tokens. */
  | { readonly kind: 'sliding'; readonly layers: number; readonly windowTokens: number }
  /** Multi-head latent attention: one compressed entry a token, the same on every GPU. */
  | { readonly kind: 'latent'; readonly layers: number; readonly entryElements: number }
  /** Mamba or gated delta net: a state a request, nothing a token. `stateBytes` is the whole model's layer, before TP. */
  | { readonly kind: 'state'; readonly layers: number; readonly stateBytes: number };

/** How the weights are stored. */
export type Quantization = {
  /** As in config.json: `fp8`, `awq`, `gptq`, `compressed-tensors`, `mxfp4`, `modelopt`, … */
  readonly method: string;
  /** Bits of one weight; null when the method does not say. */
  readonly bits: number | null;
  /** Rows and columns that share a scale in a block-quantised FP8 checkpoint; null when it has none. */
  readonly block: readonly [rows: number, columns: number] | null;
  /** Inputs that share a scale (AWQ, GPTQ); null when it has none. */
  readonly groupSize: number | null;
  /** Names of modules left in 16 bits. */
  readonly ignored: readonly string[];
  /** `fp8` or `nvfp4`: what the checkpoint wants its KV cache to be kept in; null when it says nothing of it that vLLM reads. */
  readonly cacheType: string | null;
};

export type Experts = {
  /** Routed experts. */
  readonly count: number;
  /** Experts a token goes through; null when not said. */
  readonly perToken: number | null;
  /** Width of one expert; null when not said. */
  readonly width: number | null;
  /** Width of the shared expert; 0 when there is none. */
  readonly sharedWidth: number;
  /** Layers that have experts; null when the number of layers is not known. */
  readonly layers: number | null;
};

export type ModelFacts = {
  readonly architecture: string | null;
  readonly layers: number | null;
  readonly hidden: number | null;
  readonly heads: number | null;
  /** For latent attention this is not what is cached. */
  readonly kvHeads: number | null;
  readonly headDim: number | null;
  /** Width of a dense MLP. */
  readonly intermediate: number | null;
  /** Whether any layer has a dense MLP of that width. */
  readonly hasDenseMlp: boolean;
  readonly vocab: number | null;
  readonly tiedEmbeddings: boolean;
  /** Tokens; what vLLM derives as the longest context, rope scaling included. */
  readonly contextTokens: number | null;
  /** `bfloat16`, `float16`, `float32`. */
  readonly dtype: string | null;
  readonly experts: Experts | null;
  /** Empty when the attention is not understood. */
  readonly kinds: readonly LayerKind[];
  /** Null: not quantised, as far as config.json says. */
  readonly quantization: Quantization | null;
  /** Whole checkpoint as stored, all GPUs together. A range when it was only estimated. */
  readonly weightsGib: readonly [low: number, high: number] | null;
};

export type GpuFacts = {
  /** As a person says it: `H100-80GB`. */
  readonly name: string;
  /** What CUDA reports and vLLM multiplies by its utilisation. */
  readonly visibleGib: number;
  /** Compute capability, such as 8.9; null when not known. */
  readonly capability: number | null;
  readonly nvlink: boolean | null;
};

/** What is asked for: parallel sizes and the engine arguments that matter to memory. */
export type Choice = {
  /** Release of Dynamo and the minor number of vLLM 0.x in its image. */
  readonly release: string;
  readonly engine: number;
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
  readonly expert: boolean;
  /** Decode context parallel size. */
  readonly context: number;
  /** Fraction of the visible memory, as said or the release's default. */
  readonly utilization: number;
  /** Tokens, `auto` for the largest that fits, null for the model's own. */
  readonly maxModelLen: number | 'auto' | null;
  /** As typed; `auto` when not said. */
  readonly kvCacheDtype: string;
  readonly maxNumSeqs: number | null;
  readonly maxNumBatchedTokens: number | null;
  readonly kvCacheMemoryBytes: number | null;
  readonly cpuOffloadGib: number;
  readonly eager: boolean;
  /** False with `--no-async-scheduling`. */
  readonly asyncScheduling: boolean;
  /** `--quantization`; null when not said. */
  readonly quantization: string | null;
  /** `--allow-deprecated-quantization` was said. */
  readonly allowsDeprecated: boolean;
  readonly dtype: string;
  readonly blockSize: number | null;
  readonly attentionBackend: string | null;
  /** Text of `--speculative-config`; null without one. */
  readonly speculative: string | null;
  /** Whether KV cache goes through a connector (disaggregated mode, KVBM, LMCache). */
  readonly connector: boolean;
  /** `VLLM_ALLOW_LONG_MAX_MODEL_LEN=1` is set, or the model's configuration is overridden. */
  readonly allowsLongContext: boolean;
};

/** Low and high end of a quantity. */
export type Range = readonly [low: number, high: number];

export const bytesPerGib = 2 ** 30;
