/** Checks that need more than one word of the engine arguments. */

import type { Finding } from '../../../../core/finding.ts';
import { wrongValue } from './check.ts';
import { type Context, lastOf, said } from './context.ts';
import { conductOf } from './history.ts';
import { configOf, transferFlag } from './kv.ts';
import { transferProblems } from './transfer.ts';

const isOn = ({ readings }: Context, flag: string): boolean => lastOf(readings, flag)?.word.negated === false;

/** Names that the release deprecates and does not even have are reported as unknown. */
const deprecatedQuantization = (context: Context): Finding[] => {
  const word = lastOf(context.readings, '--quantization')?.word;
  const name = word?.values[0]?.toLowerCase() ?? '';
  const { quantization, deprecatedQuantization: deprecated } = context.table;
  if (word === undefined || !deprecated.includes(name) || !quantization.includes(name)) return [];
  if (isOn(context, '--allow-deprecated-quantization')) return [];
  const why = 'this quantization is deprecated and refused unless it is allowed';
  const hint = 'Add --allow-deprecated-quantization, or choose another.';
  return [wrongValue(said(word.typed, ...word.values), context, { why, hint })];
};

const transfer = (context: Context): Finding[] => {
  const config = configOf(
    context.readings.map(({ word }) => word),
    transferFlag,
  );
  if (config === undefined) return [];
  return transferProblems(config, context.table).map(problem => wrongValue(transferFlag, context, problem));
};

const multimodalRoles = /^--multimodal-(processor|worker|(encode|decode|encode-prefill)-worker)$/;

const multimodal = (context: Context): Finding[] => {
  if (!conductOf(context.table).multimodalRolesNeedSwitch || isOn(context, '--enable-multimodal')) return [];
  const role = context.readings.find(
    ({ word, option }) => option !== null && multimodalRoles.test(word.flag),
  );
  if (role === undefined) return [];
  return [
    wrongValue(role.word.typed, context, {
      why: 'it needs --enable-multimodal',
      hint: 'Add --enable-multimodal.',
    }),
  ];
};

export const checkTogether = (context: Context): Finding[] => [
  ...deprecatedQuantization(context),
  ...transfer(context),
  ...multimodal(context),
];
