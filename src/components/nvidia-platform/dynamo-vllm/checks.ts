/** What is wrong with one answer taken alone; one sentence with what would be right, or undefined. */

import { wrongLabel1123, wrongName, wrongSubdomain } from '../../../core/name.ts';
import { wrongSize } from '../../../core/quantity.ts';
import { parseRelease } from '../../../core/release.ts';
import { shown } from '../../../core/text.ts';
import { splitWords } from '../../../core/words.ts';

const example = 'such as Qwen/Qwen3-0.6B';

/** The Hub's own rule for repository ids: `name` or `org/name`, at most 96 characters, no `--` or `..`. */
export const wrongModel = (value: string): string | undefined => {
  if (value.trim() === '') return `The model name is empty; write a Hugging Face id ${example}.`;
  if (value.length > 96)
    return `The model name ${shown(value)} has ${value.length} characters; the Hub allows 96.`;
  const parts = value.split('/');
  if (parts.length > 2)
    return `${shown(value)} has ${parts.length - 1} slashes; write "organisation/model", ${example}.`;
  if (parts.some(part => !/^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(part))) {
    return `${shown(value)} is not a Hugging Face id; write "organisation/model" in letters, digits, ".", "_" and "-", ${example}.`;
  }
  return /--|\.\./.test(value) || value.endsWith('.git')
    ? `${shown(value)} holds "--" or ".." or ends in ".git", which the Hub refuses.`
    : undefined;
};

/** A branch, a tag or a commit of a Hub repository. */
export const wrongRevision = (value: string): string | undefined =>
  /^[\w][\w./-]*$/.test(value) && !value.includes('..')
    ? undefined
    : `${shown(value)} is not a branch, tag or commit; write a name such as main, or 40 hexadecimal digits.`;

export const wrongRelease = (value: string): string | undefined =>
  parseRelease(value) === undefined
    ? `${shown(value)} is not a Dynamo release; write three numbers such as 0.9.1.`
    : undefined;

/** The name alone; the release's budget is a rule of its own. */
export const wrongDeploymentName = (value: string): string | undefined =>
  wrongName(value, 'The deployment name');

export const wrongNamespace = (value: string): string | undefined => wrongLabel1123(value, 'The namespace');

export const wrongSecret = (value: string): string | undefined => wrongSubdomain(value, "The Secret's name");

export const wrongStorageClass = (value: string): string | undefined =>
  wrongSubdomain(value, 'The storage class');

export const wrongCacheSize = (value: string): string | undefined => wrongSize(value, 'The model cache size');

export const wrongSharedMemory = (value: string): string | undefined =>
  wrongSize(value, 'The shared memory size');

/** Also the name of the pod's volume, therefore a DNS label. */
export const wrongModelCache = (value: string): string | undefined => {
  if (value === 'create' || value === 'none') return undefined;
  if (!value.startsWith('claim:')) return `${shown(value)} is not one of create, none or claim:NAME.`;
  return wrongLabel1123(value.slice('claim:'.length), "The claim's name");
};

export const wrongImage = (value: string): string | undefined =>
  /^[a-zA-Z0-9][\w.-]*(:\d+)?(\/[a-z0-9][\w.-]*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(value)
    ? undefined
    : `${shown(value)} is not an image reference; write one such as nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.1.`;

export const wrongVariable = (value: string): string | undefined =>
  /^[A-Za-z_][A-Za-z0-9_]*=/.test(value)
    ? undefined
    : `${shown(value)} is not NAME=value, such as VLLM_LOGGING_LEVEL=DEBUG.`;

const labelKey = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;

export const wrongSelector = (value: string): string | undefined => {
  const at = value.indexOf('=');
  const fine = at > 0 && labelKey.test(value.slice(0, at)) && labelValue.test(value.slice(at + 1));
  return fine
    ? undefined
    : `${shown(value)} is not label=value, such as nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3.`;
};

const tolerationEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const wrongToleration = (value: string): string | undefined => {
  const [taint = '', effect, ...more] = value.split(':');
  const [key = '', content = ''] = taint.split(/=(.*)/s);
  const fine =
    more.length === 0 &&
    labelKey.test(key) &&
    labelValue.test(content) &&
    (effect === undefined || tolerationEffects.includes(effect));
  return fine ? undefined : `${shown(value)} is not key[=value][:Effect], such as dedicated=gpu:NoSchedule.`;
};

/** A directory of its own inside the container: mounting over a system directory would break the image. */
export const wrongDirectory = (value: string): string | undefined => {
  if (!/^\/[\w./-]*$/.test(value) || value.split('/').includes('..'))
    return `${shown(value)} is not an absolute path, such as /mnt/nvme/kvbm_cache.`;
  const system = [
    '',
    '/bin',
    '/dev',
    '/etc',
    '/lib',
    '/opt',
    '/proc',
    '/root',
    '/sbin',
    '/sys',
    '/usr',
    '/var',
    '/workspace',
    '/opt/models',
  ];
  return system.includes(value.replace(/\/+$/, ''))
    ? `${shown(value)} is a directory of the image; choose one of its own, such as /mnt/nvme/kvbm_cache.`
    : undefined;
};

export const wrongArgs = (value: string): string | undefined => {
  const split = splitWords(value);
  return 'problem' in split ? split.problem : undefined;
};
