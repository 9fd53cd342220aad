/** The contexts of a kubeconfig, without connecting. */

import { delimiter, join } from 'node:path';
import { parseYaml } from '../core/yaml.ts';
import type { Io } from '../io.ts';
import { readText } from './read.ts';

type Kubeconfig = { readonly contexts?: readonly { readonly name?: unknown }[] };

const namesIn = (path: string): string[] => {
  const file = readText(path);
  if (!('text' in file)) return [];
  const [data] = parseYaml(file.text).documents;
  const { contexts } = (data ?? {}) as Kubeconfig;
  return Array.isArray(contexts) ? contexts.map(({ name }) => String(name)) : [];
};

/** Names, each once, from the files that kubectl would read; `path` is that of --kubeconfig. */
export const contextNames = ({ env }: Io, path: string | undefined): string[] => {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(one => one !== '');
  const usual = listed.length > 0 ? listed : [join(env.HOME ?? '', '.kube', 'config')];
  return [...new Set((path === undefined ? usual : [path]).flatMap(namesIn))];
};
