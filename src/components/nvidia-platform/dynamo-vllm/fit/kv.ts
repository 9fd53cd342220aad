/**
 * Bytes of KV cache, by kind of attention and type of element, for one GPU. After vLLM's `kv_cache_interface.py` and
 * `kv_cache_utils.py`; these agree with start-up logs to within half a percent.
 */

import { cacheTypeOf } from './cache-type.ts';
import { keepsWindows } from './engine.ts';
import type { Choice, Heads, LayerKind, ModelFacts } from './facts.ts';

/** `--kv-cache-dtype` → bytes of one element. Types with scales of their own that are not listed here are not known. */
const elementBytes: Readonly<Record<string, number>> = {
  bfloat16: 2,
  float16: 2,
  fp8: 1,
  fp8_e4m3: 1,
  fp8_e5m2: 1,
  fp8_inc: 1,
  fp8_ds_mla: 1,
  // Four bits, and a scale of eight for each sixteen.
  nvfp4: 9 / 16,
};

const bytesOfElement = (model: ModelFacts, choice: Choice): number | null => {
  const type = cacheTypeOf(model, choice);
  if (type !== 'auto') return elementBytes[type] ?? null;
  const dtype = choice.dtype === 'auto' ? model.dtype : choice.dtype;
  return dtype === 'float32' || dtype === 'float' ? 4 : 2;
};

/** DeepSeek V3.2 and what follows it keep 656 bytes an entry with an 8-bit cache: scales and the rotary part stay wider. */
const sparseEntryBytes = 656;
const sparse: readonly string[] = ['DeepseekV32ForCausalLM', 'GlmMoeDsaForCausalLM'];

const latentBytes = (elements: number, bytes: number, model: ModelFacts, choice: Choice): number => {
  const packed =
    choice.kvCacheDtype === 'fp8_ds_mla' || (bytes === 1 && sparse.includes(model.architecture ?? ''));
  return (packed ? sparseEntryBytes : elements * bytes) / choice.context;
};

/** Keys and values of one token in one layer; heads are split over GPUs, and copied where there are fewer heads than GPUs. */
const headBytes = (bytes: number, { kvHeads, headDim }: Heads, choice: Choice): number | null => {
  if (kvHeads === null || headDim === null) return null;
  const heads = Math.max(1, Math.floor(kvHeads / choice.tensor));
  return (2 * heads * headDim * bytes) / choice.context;
};

const defaultBlockTokens = 16;

/** What a layer of each kind costs, ready for counting; null where a number is missing. */
export type Cost = {
  /** Tokens of a block. */
  readonly blockTokens: number;
  /** Layers on one pipeline stage, by kind. */
  readonly full: number;
  readonly sliding: number;
  readonly states: number;
  readonly windowTokens: number;
  /** Bytes a token in one attention layer over the whole context. */
  readonly tokenBytes: number;
  /** The same in a layer with a window. */
  readonly windowTokenBytes: number;
};

const layersOf = (kinds: readonly LayerKind[], kind: LayerKind['kind']): number =>
  kinds.filter(one => one.kind === kind).reduce((sum, one) => sum + one.layers, 0);

type TokenBytes = Pick<Cost, 'tokenBytes' | 'windowTokenBytes'>;

/** Full layers may have heads of their own (Gemma 4). */
const byHeads = (bytes: number, model: ModelFacts, choice: Choice): TokenBytes | null => {
  const own = model.kinds.flatMap(one => (one.kind === 'full' && one.heads !== undefined ? [one.heads] : []));
  const tokenBytes = headBytes(bytes, own[0] ?? model, choice);
  const windowTokenBytes = headBytes(bytes, model, choice);
  return tokenBytes === null || windowTokenBytes === null ? null : { tokenBytes, windowTokenBytes };
};

const tokenBytesOf = (model: ModelFacts, choice: Choice): TokenBytes | null => {
  const bytes = bytesOfElement(model, choice);
  const latent = model.kinds.find(one => one.kind === 'latent');
  if (bytes === null || model.kinds.length === 0) return null;
  // How four bits of a latent entry are laid out differs between kernels.
  if (latent !== undefined && bytes < 1) return null;
  if (latent === undefined) return byHeads(bytes, model, choice);
  const tokenBytes = latentBytes(latent.entryElements, bytes, model, choice);
  return { tokenBytes, windowTokenBytes: tokenBytes };
};

/** Hybrids stretch a block of attention until it is as large as a state. */
const blockOf = (model: ModelFacts, choice: Choice, tokenBytes: number): number => {
  const state = model.kinds.find(one => one.kind === 'state');
  if (state === undefined) return choice.blockSize ?? defaultBlockTokens;
  const pageBytes = state.stateBytes / choice.tensor;
  return defaultBlockTokens * Math.ceil(pageBytes / (defaultBlockTokens * tokenBytes));
};

/** `stages` is what the layers are divided by: the pipeline size, or 1 for the whole model. */
export const costOf = (model: ModelFacts, choice: Choice, stages = choice.pipeline): Cost | null => {
  const each = tokenBytesOf(model, choice);
  if (each === null) return null;
  const window = model.kinds.find(one => one.kind === 'sliding');
  const keeps = keepsWindows(choice);
  const share = (layers: number): number => Math.ceil(layers / stages);
  const [full, latent, sliding] = (['full', 'latent', 'sliding'] as const).map(kind =>
    layersOf(model.kinds, kind),
  );
  return {
    blockTokens: blockOf(model, choice, each.tokenBytes),
    full: share((full ?? 0) + (latent ?? 0) + (keeps ? 0 : (sliding ?? 0))),
    sliding: keeps ? share(sliding ?? 0) : 0,
    states: share(layersOf(model.kinds, 'state')),
    windowTokens: window?.windowTokens ?? 0,
    ...each,
  };
};

/** Layers are cached in groups of one kind and one size: the least kind's number, or the greatest when they are nearly equal. */
const groupLayers = ({ full, sliding }: Cost): number => {
  const [least, most] = [Math.min(full, sliding), Math.max(full, sliding)];
  return least === 0 || most < 1.5 * least ? most : least;
};

const groups = (layers: number, size: number): number => (size === 0 ? 0 : Math.ceil(layers / size));

/** State blocks that a request holds in each group of state layers while prefix caching is on. */
const stateBlocks = 2;

/** Bytes that one request of so many tokens holds on one GPU. `inFlightTokens` is what steps under way may add to a window. */
export const requestBytes = (cost: Cost, tokens: number, inFlightTokens: number): number => {
  const { blockTokens, full, sliding, states, windowTokens, tokenBytes, windowTokenBytes } = cost;
  const blocksOf = (count: number, size: number): number => Math.ceil(count / size);
  const blocks = blocksOf(tokens, blockTokens);
  if (states > 0) return (blocks + stateBlocks * groups(states, full)) * full * blockTokens * tokenBytes;
  if (sliding === 0) return blocks * full * blockTokens * tokenBytes;
  // Blocks of all groups are equally large, so the kind with fewer bytes a token has more tokens in one.
  const pageBytes = blockTokens * (full === 0 ? windowTokenBytes : Math.max(tokenBytes, windowTokenBytes));
  const inWindow = Math.min(windowTokens - 1 + inFlightTokens, tokens);
  const windowBlocks = blocksOf(inWindow, pageBytes / windowTokenBytes) + 1;
  const most = blocksOf(tokens, pageBytes / windowTokenBytes) + 1;
  const size = groupLayers(cost);
  const fullBlocks = blocksOf(tokens, pageBytes / tokenBytes) * groups(full, size);
  return (fullBlocks + Math.min(windowBlocks, most) * groups(sliding, size)) * size * pageBytes;
};

/** Bytes that each further token of a long request costs on one GPU; windows and states cost nothing more. */
export const tokenBytesTotal = (cost: Cost): number => {
  if (cost.full === 0) return cost.sliding * cost.windowTokenBytes;
  const size = cost.sliding === 0 ? cost.full : groupLayers(cost);
  return groups(cost.full, size) * size * cost.tokenBytes;
};
