/** config.json and config.local.json from disk. */

import { checkConfig } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import type { SettingTable } from '../core/schema.ts';
import { readText } from './read.ts';

export type ConfigFile = {
  /** Undefined when the file does not exist or cannot be parsed. */
  readonly data: unknown;
  readonly findings: readonly Finding[];
};

const nothing: ConfigFile = { data: undefined, findings: [] };

const unreadable = (path: string, message: string): ConfigFile => {
  const hint = 'Name a file that can be read: --config FILE';
  return { data: undefined, findings: [{ rule: 'config-unreadable', level: 'error', path, message, hint }] };
};

/** A sound file is parsed once; one with something to complain about a second time, for the lines. */
const checked = async (table: SettingTable, path: string, text: string): Promise<ConfigFile> => {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const { syntaxFindings } = await import('./configSyntax.ts');
    return { data: undefined, findings: syntaxFindings(path, text) };
  }
  if (checkConfig(table, data, () => '').length === 0) return { data, findings: [] };
  const { locateIn } = await import('./configSyntax.ts');
  return { data, findings: checkConfig(table, data, locateIn(path, text)) };
};

/** A file that is missing is an empty config unless somebody named it. */
export const readConfig = async (table: SettingTable, path: string, named: boolean): Promise<ConfigFile> => {
  const file = readText(path);
  if ('text' in file) return checked(table, path, file.text);
  if ('problem' in file) return unreadable(path, file.problem);
  return named ? unreadable(path, `${path} does not exist.`) : nothing;
};
