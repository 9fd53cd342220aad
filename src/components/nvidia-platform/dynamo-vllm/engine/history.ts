/** Says in which releases a flag or a name exists. */

import { listed } from '../../../../core/text.ts';
import { type EngineTable, engineTable, listedReleases } from './table.ts';

/** What a worker does beyond what its parser's lists say. */
export type Conduct = {
  /** `--connector` chooses the transfer up to 0.9; from 1.0 any value ends the worker. */
  readonly connectorIsRefused: boolean;
  /** Unknown keys of `--kv-events-config` are ignored up to 0.9. */
  readonly kvEventsKeysAreChecked: boolean;
  /** Several names behind `--served-model-name` are accepted from 1.4 on. */
  readonly servesManyNames: boolean;
  /** The `--multimodal-…` role flags imply `--enable-multimodal` from 1.3 on. */
  readonly multimodalRolesNeedSwitch: boolean;
};

const position = (release: string): number => listedReleases().indexOf(release);

export const conductOf = ({ release }: EngineTable): Conduct => {
  const at = position(release);
  const from = (other: string): boolean => at >= position(other);
  return {
    connectorIsRefused: from('1.0.2'),
    kvEventsKeysAreChecked: from('1.0.2'),
    servesManyNames: from('1.4.2'),
    multimodalRolesNeedSwitch: !from('1.3.1'),
  };
};

const isRun = (positions: readonly number[]): boolean =>
  positions.every((at, i) => i === 0 || at === (positions[i - 1] ?? 0) + 1);

/** `Dynamo 0.8.1 to 1.3.1`, `Dynamo 1.5.1 and later`, `Dynamo 1.0.2 only`; releases oldest first, at least one. */
export const spanText = (releases: readonly string[]): string => {
  const all = listedReleases();
  const first = releases[0] ?? '';
  const last = releases.at(-1) ?? '';
  if (!isRun(releases.map(position))) return `Dynamo ${listed(releases)}`;
  if (last === all.at(-1)) return `Dynamo ${first}${releases.length === 1 ? '' : ' and later'}`;
  return releases.length === 1 ? `Dynamo ${first} only` : `Dynamo ${first} to ${last}`;
};

type NameList = 'quantization' | 'loadFormats' | 'attentionBackends' | 'connectors';

/** Releases whose list holds the name, oldest first. */
export const releasesWith = (list: NameList, name: string): string[] =>
  listedReleases().filter(release => engineTable(release)?.[list].includes(name));
