/** A checkpoint as a list of files: how many bytes an engine loads of it and a download fetches, and how it is quantised. */

import { amountOf, objectOf, parseJson } from './json.ts';

export type CheckpointFile = {
  /** Within the repository. */
  readonly path: string;
  /** Bytes; null when not told, as mirrors may. */
  readonly size: number | null;
};

/**
 * What the download leaves out: the same weights once more, in another layout or format. The patterns are those of download.py,
 * which match over folders; a test holds the two together.
 */
const otherLayouts = ['original/', 'metal/'];
export const otherFormats = ['.pth', '.gguf', '.h5', '.msgpack', '.onnx', '.onnx_data', '.ot'];

/** Lie beside weights in the same format and are never loaded. */
const leftovers = ['training_args.bin', 'optimizer.bin', 'scheduler.bin'];

export const indexFile = 'model.safetensors.index.json';

const isAtRoot = ({ path }: CheckpointFile): boolean => !path.includes('/');
const isSafetensors = ({ path }: CheckpointFile): boolean => path.endsWith('.safetensors');
const isBin = ({ path }: CheckpointFile): boolean => path.endsWith('.bin');
const isConsolidated = ({ path }: CheckpointFile): boolean => path.startsWith('consolidated');

/** Null as soon as one size is not known, or when there is no file. */
const sum = (files: readonly CheckpointFile[]): number | null => {
  let total = 0;
  for (const { size } of files) {
    if (size === null) return null;
    total += size;
  }
  return files.length === 0 ? null : total;
};

/** Safetensors of the root; Mistral's second copy only where it is the only one; else PyTorch's. */
const weightFiles = (files: readonly CheckpointFile[]): CheckpointFile[] => {
  const root = files.filter(isAtRoot);
  const tensors = root.filter(isSafetensors);
  const usual = tensors.filter(file => !isConsolidated(file));
  if (usual.length > 0) return usual;
  return tensors.length > 0 ? tensors : root.filter(file => isBin(file) && !leftovers.includes(file.path));
};

const shard = /^(.*)-\d{5}-of-(\d{5})\.safetensors$/;

/** One file, or one whole series of shards: there is nothing in the root that might not belong to the model. */
const isPlain = (files: readonly CheckpointFile[]): boolean => {
  if (files.length === 1) return true;
  const parts = files.map(({ path }) => shard.exec(path));
  const [first] = parts;
  return parts.every(part => part?.[1] === first?.[1] && Number(part?.[2]) === files.length);
};

/** Whether only the index can tell which files are the weights, or how large they are. Indexes may be large themselves. */
export const needsIndex = (files: readonly CheckpointFile[]): boolean => {
  if (!files.some(({ path }) => path === indexFile)) return false;
  const weights = weightFiles(files);
  return !isPlain(weights) || sum(weights) === null;
};

/** Files are known by the index where it was read. */
const indexed = (index: string, files: readonly CheckpointFile[]): number | null => {
  const read = objectOf(parseJson(index));
  const names = new Set(Object.values(objectOf(read?.weight_map) ?? {}));
  const listed = files.filter(({ path }) => names.has(path));
  const stored = listed.length === names.size ? sum(listed) : null;
  const said = amountOf(objectOf(read?.metadata)?.total_size) || null;
  if (stored === null || said === null) return said ?? stored;
  // Re-quantised repositories carry the index of the original: a total that is not about these files says nothing.
  return said <= stored && said >= stored / 2 ? said : stored;
};

/** Bytes of the weights; null when not known. `index`: text of the index, null when not read. */
export const weightsOf = (files: readonly CheckpointFile[], index: string | null): number | null =>
  (index === null ? null : indexed(index, files)) ?? sum(weightFiles(files));

/** Whether the download takes a file. */
const ignoredFor = (files: readonly CheckpointFile[]): ((path: string) => boolean) => {
  const root = files.filter(isAtRoot);
  const tensors = root.some(isSafetensors);
  const starts = [...otherLayouts];
  const ends = tensors || root.some(isBin) ? [...otherFormats] : [];
  if (root.some(file => isSafetensors(file) && !isConsolidated(file))) starts.push('consolidated');
  if (tensors) ends.push('.bin');
  return path => starts.some(start => path.startsWith(start)) || ends.some(end => path.endsWith(end));
};

/** Bytes of everything that a download fetches; null when not known. */
export const downloadOf = (files: readonly CheckpointFile[]): number | null => {
  const ignored = ignoredFor(files);
  return sum(files.filter(({ path }) => !ignored(path)));
};

export const configFile = 'config.json';

/** Mistral's own configuration, which some of its repositories have instead. */
export const paramsFile = 'params.json';

/** NVIDIA's modelopt describes the quantisation in a file of its own. */
export const quantFile = 'hf_quant_config.json';

/** Whether only that file can tell how a checkpoint is quantised. */
export const needsQuantFile = (config: string | null): boolean => {
  const read = config === null ? undefined : objectOf(parseJson(config));
  return read !== undefined && objectOf(read.quantization_config) === undefined;
};

/** A config.json with what that file says, where it says nothing itself. */
export const withQuantization = (config: string, quantText: string | null): string => {
  const read = objectOf(parseJson(config));
  const said = quantText === null ? undefined : objectOf(objectOf(parseJson(quantText))?.quantization);
  if (read === undefined || said === undefined || !needsQuantFile(config)) return config;
  return JSON.stringify({ ...read, quantization_config: { quant_method: 'modelopt', ...said } });
};
