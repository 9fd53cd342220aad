/** Names, sizes and lengths of time as they stand in sentences, and the commands of hints. */

import { listed } from '../../../../core/text.ts';
import { argument, type Component } from '../graph.ts';
import type { Role, RoleKind } from './scene.ts';

export const cli = './cli nvidia-platform dynamo-vllm';

const gib = 2 ** 30;

/** `220.6 GiB`. */
export const sizeInGiB = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** `9.8 GB`, as registries count. */
export const sizeInGB = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** `45 s`, `3 min`, `2 h 5 min`. */
export const minutes = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const whole = Math.floor(seconds / 60);
  if (whole < 120) return `${whole} min`;
  return `${Math.floor(whole / 60)} h ${whole % 60} min`;
};

const kinds: Readonly<Record<RoleKind, (name: string) => string>> = {
  download: () => 'model download',
  frontend: () => 'frontend',
  engine: name => (/worker$/i.test(name) ? name : `${name} worker`),
  other: name => `component ${name}`,
};

type Named = Pick<Role, 'name' | 'kind'>;

/** `The worker`, `The prefill worker and the decode worker`. */
export const whoIs = (roles: readonly Named[]): string =>
  `The ${listed([...new Set(roles.map(role => kinds[role.kind](role.name)))], 'and the')}`;

/** The name under which the model is served, else where it is read from; empty when the arguments say neither. */
export const modelOf = (component: Component | null): string => {
  if (component === null) return '';
  return argument(component.args, '--served-model-name') ?? argument(component.args, '--model') ?? '';
};

/** A value of a component's environment, or undefined. */
export const variableOf = (component: Component | null, name: string): string | undefined =>
  component?.env.findLast(one => one.name === name)?.value ?? undefined;

/** What follows the last colon of an image's name; empty for a digest or none. */
export const imageTag = (image: string): string =>
  /:([\w][\w.-]*)$/.exec(image.replace(/@.*$/, ''))?.[1] ?? '';
