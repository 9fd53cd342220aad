/** Completes the users of a kubeconfig by what client-node does not read: token files, groups to act as, plugins beside the file. */

import { isAbsolute, join, resolve } from 'node:path';
import type { User } from '@kubernetes/client-node';
import { parseYaml } from '../core/yaml.ts';

/** A user with the groups and the identifier to act as; `Impersonate-User` is client-node's own. */
export type Login = User & { readonly actAs?: Readonly<Record<string, string | string[]>> };

/** A credential plugin, as client-go's ExecConfig has it. */
export type Plugin = {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  /** What the maker of the kubeconfig says to somebody who lacks the plugin. */
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
};

export const pluginOf = (user: User): Plugin | null => (user.exec as Plugin | null | undefined) ?? null;

type Raw = {
  readonly tokenFile?: unknown;
  readonly 'as-uid'?: unknown;
  readonly 'as-groups'?: unknown;
};

/** Fields that client-node 1.4 does not know; a file without them is not parsed a second time. */
const unread = /\b(?:tokenFile|as-groups|as-uid)\b/;

const rawUsers = (text: string): ReadonlyMap<string, Raw> => {
  if (!unread.test(text)) return new Map();
  const [config] = parseYaml(text).documents as [{ users?: readonly { name: string; user?: Raw }[] }?];
  return new Map((config?.users ?? []).map(({ name, user }) => [name, user ?? {}]));
};

/** A plugin named by a relative path lies beside its kubeconfig; one without a slash is found on the PATH. */
const settlePlugin = (user: Login, folder: string): Login => {
  const plugin = pluginOf(user);
  const command = plugin?.command;
  if (!command || isAbsolute(command) || !/[\\/]/.test(command)) return user;
  return { ...user, exec: { ...plugin, command: join(folder, command) } };
};

/** A token in a file is read anew while it lasts, and goes before a token in the kubeconfig, as with kubectl. */
const settleTokenFile = (user: Login, raw: Raw, folder: string): Login => {
  if (typeof raw.tokenFile !== 'string') return user;
  const { token: _, ...rest } = user;
  return {
    ...rest,
    authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, raw.tokenFile) } },
  };
};

const settleActing = (user: Login, raw: Raw): Login => {
  const groups = Array.isArray(raw['as-groups']) ? raw['as-groups'].map(String) : [];
  const actAs = {
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...(typeof raw['as-uid'] === 'string' && { 'Impersonate-Uid': raw['as-uid'] }),
  };
  return Object.keys(actAs).length > 0 ? { ...user, actAs } : user;
};

/** Users as the rest of the client takes them. `text` is the file they come from, `folder` where it lies. */
export const settleUsers = (users: readonly User[] | undefined, text: string, folder: string): Login[] => {
  const raws = rawUsers(text);
  return (users ?? []).map(user => {
    const raw = raws.get(user.name) ?? {};
    return settleActing(settleTokenFile(settlePlugin(user, folder), raw, folder), raw);
  });
};
