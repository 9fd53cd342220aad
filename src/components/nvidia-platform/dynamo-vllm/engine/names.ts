/** Values that the parser lets through and the engine refuses later: names of methods and formats, and ranges. */

import { listed } from '../../../../core/text.ts';
import type { EngineWord } from './attach.ts';
import { type Context, type Problem, write } from './context.ts';
import { conductOf, releasesWith, spanText } from './history.ts';
import type { EngineFlag } from './table.ts';
import { choiceProblem } from './values.ts';

type Check = (word: EngineWord, context: Context) => Problem | undefined;

type NameList = Parameters<typeof releasesWith>[0];

const isNothing = (flag: EngineFlag | undefined, value: string): boolean =>
  flag?.nullable === true && ['', 'None'].includes(value);

/** vLLM reads quantizations and load formats in lower case, attention backends in upper case. */
const known =
  (list: NameList, what: string, spelling: (value: string) => string, also: readonly string[] = []): Check =>
  ({ flag, typed, values: [value = ''] }, { table }) => {
    const name = spelling(value);
    const fine = isNothing(table.worker[flag], value) || also.includes(name) || table[list].includes(name);
    if (fine) return undefined;
    const problem = choiceProblem(typed, name, table[list], `one of its ${what}`);
    const elsewhere = releasesWith(list, name);
    return elsewhere.length === 0
      ? problem
      : { why: `that is in ${spanText(elsewhere)}`, hint: problem.hint };
  };

const level: Check = ({ typed, values: [value = ''] }) =>
  /^\s*O?[0-3]\s*$/i.test(value)
    ? undefined
    : { why: 'the levels are 0 to 3', hint: `Write -O2, for instance, instead of ${typed}.` };

const share: Check = ({ typed, values: [value = ''] }) => {
  const number = Number(value.replaceAll('_', ''));
  if (number > 0 && number <= 1) return undefined;
  const percent = number > 1 && number <= 100 ? String(number / 100) : '0.90';
  return {
    why: 'it is a share of the GPU memory, more than 0 and at most 1',
    hint: write(typed, percent),
  };
};

const transfers = ['kvbm', 'lmcache', 'nixl', 'none', 'null'];

const nixl = '{"kv_connector":"NixlConnector","kv_role":"kv_both"}';

const connector: Check = ({ values }, { table }) => {
  if (conductOf(table).connectorIsRefused) {
    const hint = `Leave it out; to choose a connector, ${write('--kv-transfer-config', nixl).replace('Write', 'write')}`;
    return values.length === 0
      ? undefined
      : { why: 'from Dynamo 1.0 on every value of it stops the worker', hint };
  }
  const wrong = values.find(value => !transfers.includes(value));
  return wrong === undefined
    ? undefined
    : { why: `${wrong} is not a connector`, hint: `Use one of ${listed(transfers, 'or')}.` };
};

const servedName: Check = ({ typed, values }, { table }) =>
  values.length < 2 || conductOf(table).servesManyNames
    ? undefined
    : {
        why: 'several names are accepted from Dynamo 1.4 on only',
        hint: `${write(typed, values[0] ?? '')} Leave out ${listed(values.slice(1))}.`,
      };

const checks: Readonly<Record<string, Check>> = {
  '--quantization': known('quantization', 'quantizations', value => value.toLowerCase()),
  '--load-format': known('loadFormats', 'load formats', value => value.toLowerCase()),
  '--attention-backend': known('attentionBackends', 'attention backends', value => value.toUpperCase(), [
    'AUTO',
  ]),
  '--optimization-level': level,
  '--gpu-memory-utilization': share,
  '--connector': connector,
  '--served-model-name': servedName,
};

/** The values have passed the parser's own checks. */
export const nameProblem: Check = (word, context) => checks[word.flag]?.(word, context);
