/** Contradictions between the additional engine arguments and what the plan decides. */

import type { Finding } from '../../../core/finding.ts';
import { isExplicit } from '../../../core/settings.ts';
import { shown } from '../../../core/text.ts';
import { contradiction, type Taken } from './args.ts';
import { configOf } from './engine/kv.ts';
import type { EngineWord } from './engine/read.ts';
import { isWorker } from './plan.ts';
import { holds, kindsOf, parallelKeys } from './roles.ts';
import { finding, type Rule, type RuleInput } from './rule.ts';

const inWords = (value: unknown): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

/** The sizes that the arguments say, with the flag of each, in the order of a role's keys. */
const saidSizes = ({ owned }: Taken) =>
  [
    ['--tensor-parallel-size', owned.tensor],
    ['--pipeline-parallel-size', owned.pipeline],
    ['--enable-expert-parallel', owned.expert],
  ] as const;

const parallelism: Rule = ({ settled, taken, plan }) =>
  kindsOf(plan.mode).flatMap(kind =>
    saidSizes(taken).flatMap(([flag, said], index) => {
      const key = parallelKeys[kind][index] ?? '';
      const answer = settled.values[key];
      if (said === null || !isExplicit(settled, key) || answer === said) return [];
      return [contradiction(key, inWords(answer), flag, inWords(said))];
    }),
  );

const model: Rule = input =>
  input.words
    .filter(
      word =>
        word.flag === '--model' &&
        word.values[0] !== input.plan.model.id &&
        word.values[0] !== input.plan.model.path,
    )
    .map(word =>
      finding(
        'args-contradiction',
        'error',
        'vllmArgs',
        `--model is given twice: ${input.plan.model.id} as the model and ${shown(word.values[0])} in the additional vLLM args.`,
        'Remove --model from the additional vLLM args and use --model of this program.',
      ),
    );

const roleFlags: readonly string[] = ['--disaggregation-mode', '--is-prefill-worker', '--is-decode-worker'];

const role: Rule = input =>
  input.words
    .filter(
      word =>
        roleFlags.includes(word.flag) && !(input.plan.mode === 'aggregated' && word.values[0] === 'agg'),
    )
    .map(word => {
      const message = `${word.tokens.join(' ')} in the additional vLLM args would go to every worker; the role follows from the mode (${input.plan.mode}).`;
      return finding(
        'args-contradiction',
        'error',
        'vllmArgs',
        message,
        `Remove ${word.flag} and choose with --mode.`,
      );
    });

const connectorFlags: readonly string[] = ['--kv-transfer-config', '--connector'];

const count = (args: readonly string[], flag: string): number => args.filter(arg => arg === flag).length;

/** The plan says the same by itself, so it stands once in the arguments. */
const sameAsPlanned = (input: RuleInput, word: EngineWord): boolean =>
  input.plan.roles
    .filter(isWorker)
    .every(one => holds(one.args, word.tokens) && count(one.args, word.flag) === 1);

const connector: Rule = input => {
  const { plan, dialect } = input;
  const said = input.words.filter(word => connectorFlags.includes(word.flag));
  if (said.length === 0) return [];
  if (plan.mode === 'disaggregated' || plan.kvbm !== null) {
    const owner = plan.kvbm === null ? 'disaggregated mode' : 'KVBM';
    return said
      .filter(word => !sameAsPlanned(input, word))
      .map(word =>
        finding(
          'args-contradiction',
          'error',
          'vllmArgs',
          `${word.flag} is set by ${owner}; a second one in the additional vLLM args contradicts it.`,
          `Remove ${word.flag} from the additional vLLM args.`,
        ),
      );
  }
  const transfers = said.some(word => word.flag === '--kv-transfer-config');
  const none = said.some(
    word => word.flag === '--connector' && ['none', 'null'].includes(word.values[0] ?? ''),
  );
  if (!dialect.runtime.hasConnectorFlag || !transfers || none) return [];
  const message = `On Dynamo ${plan.release} --kv-transfer-config clashes with the default connector, and the worker stops.`;
  return [
    finding(
      'args-connector-default',
      'error',
      'vllmArgs',
      message,
      'Add --connector none to the additional vLLM args.',
    ),
  ];
};

const routing: Rule = input => {
  if (input.plan.router === null) return [];
  const words = input.words;
  const caching = words.findLast(word => word.flag === '--enable-prefix-caching');
  const events = configOf(words, '--kv-events-config');
  const findings: Finding[] = [];
  if (caching?.negated === true) {
    findings.push(
      finding(
        'router-without-events',
        'error',
        'vllmArgs',
        '--no-enable-prefix-caching switches KV events off, and without them the KV router routes blindly.',
        'Remove --no-enable-prefix-caching, or turn the router off: --no-kv-router',
      ),
    );
  }
  if (events !== undefined && events.enable_kv_cache_events !== true) {
    findings.push(
      finding(
        'router-without-events',
        'error',
        'vllmArgs',
        'The --kv-events-config given does not enable KV events, and without them the KV router routes blindly.',
        'Add "enable_kv_cache_events":true to it, or leave it out.',
      ),
    );
  }
  return findings;
};

/** Flags that a person may repeat on purpose. */
const mayRepeat = (word: EngineWord): boolean => word.typed.startsWith('-O') || word.typed.includes('.');

const repeated: Rule = input => {
  const words = input.words.filter(word => !mayRepeat(word));
  const flags = [...new Set(words.map(word => word.flag))];
  return flags.flatMap(flag => {
    const said = [...new Set(words.filter(word => word.flag === flag).map(word => word.tokens.join(' ')))];
    if (said.length < 2) return [];
    return [
      finding(
        'args-repeated',
        'warning',
        'vllmArgs',
        `${flag} is given ${said.length} times with different values: ${said.join(', ')}; the last one counts.`,
        'Keep one of them.',
      ),
    ];
  });
};

export const argumentRules: readonly Rule[] = [parallelism, model, role, connector, routing, repeated];
