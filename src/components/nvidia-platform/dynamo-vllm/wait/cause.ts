/** The shape of the catalogue of causes that are read from the last words of a container. */

import { parseRelease } from '../../../../core/release.ts';
import { argument } from '../graph.ts';
import type { Container, Ended, Pod } from './pods.ts';
import type { Role, Scene } from './scene.ts';
import { imageTag, modelOf } from './words.ts';

/** What a cause may name. */
export type Subject = {
  readonly scene: Scene;
  readonly role: Role;
  readonly pod: Pod;
  readonly container: Container;
  readonly ended: Ended | null;
  readonly image: string;
  /** Of the image's tag, such as `1.0.2`; empty when the tag is no release. */
  readonly release: string;
  /** Model id, or the folder it is read from. */
  readonly model: string;
  /** Tensor parallel size as the arguments have it. */
  readonly tensor: number;
  /** All that was said, oldest first. */
  readonly lines: readonly string[];
  /** Whether any of it came from the container itself. */
  readonly read: boolean;
};

export type Said = {
  /** The end of `The worker of NAME cannot start: …`, without a full stop. */
  readonly why: string;
  readonly hint: string;
};

export type LogCause = {
  readonly rule: string;
  /** Tested against single lines, from the last upward. */
  readonly sign: RegExp;
  readonly say: (match: RegExpExecArray, subject: Subject) => Said;
  /** Failed starts after which it is hopeless, for what may pass by itself; absent is 1. */
  readonly starts?: number;
  /** Programs also write it while they end for another reason: where one broke by its own fault, that counts. */
  readonly onlyFollows?: boolean;
};

/** The end of a hint: flags to add to the command that was run, which only that command can be added to. */
export const again = (flags: string): string => `run again with: ${flags}`;

/** Engine arguments join those that were given before. */
export const withArgs = (args: string): string =>
  `run again with this among the vLLM args: --vllm-args "${args}"`;

export const tensorOf = (role: Role): number => {
  const args = role.component?.args ?? [];
  const said = argument(args, '--tensor-parallel-size') ?? argument(args, '-tp') ?? '1';
  return Number(said) || 1;
};

export const releaseOf = (image: string): string => {
  const release = parseRelease(imageTag(image));
  return release === undefined ? '' : `${release.major}.${release.minor}.${release.patch}`;
};

/** A size of GPUs as `--tensor-parallel-size`, with the prefix that disaggregated roles have. */
export const tensorFlag = ({ role }: Subject): string => {
  const type = role.component?.type ?? '';
  return type === 'prefill' || type === 'decode'
    ? `--${type}-tensor-parallel-size`
    : '--tensor-parallel-size';
};

export const modelIn = (role: Role, pod: Pod): string => modelOf(role.component) || environmentModel(pod);

const environmentModel = (pod: Pod): string => {
  const found = /"name":"MODEL_ID","value":"([^"]+)"/.exec(JSON.stringify(pod.spec));
  return found?.[1] ?? '';
};
