/** Causes: arguments that the worker of this release refuses. */

import { joinWords } from '../../../../core/words.ts';
import { readVllmArgs } from '../engine/read.ts';
import type { LogCause, Subject } from './cause.ts';
import { cli } from './words.ts';

/** With what the deployment tells of itself; whatever else was asked for is the person's to add. */
const renderAnew = ({ scene, model, release }: Subject): string => {
  const { name, namespace } = scene.awaited;
  const isSplit = scene.roles.some(({ component }) => component?.type === 'prefill');
  const words = [
    ...['render', '--name', name, '--namespace', namespace],
    ...(model === '' || model.startsWith('/') ? [] : ['--model', model]),
    ...(isSplit ? ['--mode', 'disaggregated'] : []),
    ...(release === '' ? [] : ['--release', release]),
  ];
  return `render the manifest anew for the release of the image: ${cli} ${joinWords(words)}`;
};

const releaseText = ({ release }: Subject): string => (release === '' ? 'this image' : `Dynamo ${release}`);

/** What the list of this release says of the refused words: usually the flag that was meant. */
const advice = (words: string, subject: Subject): string => {
  const found = readVllmArgs(words, subject.release).findings.find(one => one.level === 'error');
  return found === undefined || found.hint === ''
    ? 'Remove it from --vllm-args, or from args in the manifest.'
    : found.hint;
};

const firstLine = (text: string): string =>
  text
    .replace(/\s*\[type=.*$/, '')
    .trim()
    .replace(/\.$/, '');

export const argumentCauses: readonly LogCause[] = [
  {
    rule: 'start-connector-flag',
    sign: /(--connector|DYN_CONNECTOR)\b.*\bno longer supported/,
    say: ([, flag = ''], subject) => ({
      why: `Dynamo 1.0 and later refuse ${flag}, and the image is ${subject.release === '' ? subject.image : `that of Dynamo ${subject.release}`}; the arguments were written for 0.8 or 0.9`,
      hint: `Replace it by --kv-transfer-config, or ${renderAnew(subject)}`,
    }),
  },
  {
    rule: 'start-unknown-argument',
    sign: /error: unrecognized arguments: (.+)$/,
    say: ([, words = ''], subject) => ({
      why: `${releaseText(subject)} does not know the argument ${words.trim()}`,
      hint: advice(words.trim(), subject),
    }),
  },
  {
    rule: 'start-bad-argument',
    sign: /error: argument (\S+): (.+)$/,
    say: ([, flag = '', why = ''], subject) => ({
      why: `${releaseText(subject)} refuses the value of ${flag}: ${firstLine(why)}`,
      hint: `Correct ${flag.split('/')[0] ?? flag} in --vllm-args.`,
    }),
  },
  {
    rule: 'start-bad-argument',
    sign: /error: (?:the following arguments are required: (.+)|ambiguous option: (.+))$/,
    say: ([, missing, ambiguous], subject) => ({
      why:
        missing === undefined
          ? `${releaseText(subject)} cannot tell which argument is meant: ${ambiguous ?? ''}`
          : `${releaseText(subject)} misses the arguments ${missing}`,
      hint: `Correct the arguments, or ${renderAnew(subject)}`,
    }),
  },
  {
    rule: 'start-bad-argument',
    sign: /(?:ValueError|ArgumentError): (.*--(?:kv-transfer-config|is-prefill-worker|is-decode-worker|disaggregation-mode|kv-events-config)\b.*)$/,
    say: ([, why = ''], subject) => ({
      why: `${releaseText(subject)} refuses the arguments: ${firstLine(why)}`,
      hint: `The arguments were written for another release; ${renderAnew(subject)}`,
    }),
  },
  {
    rule: 'start-bad-argument',
    sign: /JSONDecodeError: (.+)$|Invalid JSON: (.+?)(?: \[|$)/,
    say: ([, one, two], subject) => ({
      why: `an argument is to be JSON and is not: ${one ?? two ?? ''}`,
      hint: `Put single quotes around the whole JSON, as in ${joinWords(['--kv-transfer-config', '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'])}; or ${renderAnew(subject)}`,
    }),
  },
];

/** The last net for arguments: what the configuration of the engine refuses in its own words. */
export const refusedSettings: LogCause = {
  rule: 'start-bad-argument',
  sign: /Value error, (.+)$/,
  say: ([, why = ''], subject) => ({
    why: `${releaseText(subject)} refuses the settings of the engine: ${firstLine(why)}`,
    hint: 'Correct --vllm-args, or args in the manifest.',
  }),
};
