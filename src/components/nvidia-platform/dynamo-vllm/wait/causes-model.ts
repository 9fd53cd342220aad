/** Causes: a model whose files are missing, broken or need consent, wherever they are read from. */

import { type LogCause, type Subject, withArgs } from './cause.ts';
import { claimsOf } from './pods.ts';

const place = ({ pod }: Subject): string => {
  const [claim] = claimsOf(pod);
  return claim === undefined ? 'the pod' : `the claim ${claim}`;
};

const fetchAgain = (subject: Subject): string =>
  `Delete the folder of the model from ${place(subject)} and run again, which fetches it anew.`;

export const modelCauses: readonly LogCause[] = [
  {
    rule: 'start-remote-code',
    sign: /The repository (?:for )?(\S+) (?:references|contains) custom code|(?:pass the argument|set the option|consider setting) [`'"]?trust_remote_code/,
    say: ([, repository], subject) => {
      const model = subject.model || repository || 'the model';
      return {
        why: `${model} contains custom Python code, and the engine runs none without consent`,
        hint: `If you trust its authors, ${withArgs('--trust-remote-code')}`,
      };
    },
  },
  {
    rule: 'start-model-broken',
    sign: /SafetensorError|MetadataIncompleteBuffer|HeaderTooLarge|Error while deserializing header|InvalidHeaderDeserialization|config file at '([^']+)' is not a valid JSON file/,
    say: ([, config], subject) => ({
      why: `${config === undefined ? `a weights file of ${subject.model || 'the model'}` : `the file ${config}`} is cut or broken`,
      hint: fetchAgain(subject),
    }),
  },
  {
    rule: 'start-tokenizer',
    sign: /Can't load tokenizer for '([^']+)'|Couldn't instantiate the backend tokenizer|Tokenizer class (\S+) does not exist/,
    say: ([, name, kind], subject) => ({
      why: `the tokenizer of ${name ?? subject.model} cannot be loaded${kind === undefined ? '' : ` (class ${kind})`}`,
      hint: `Check that the repository has tokenizer files, or name those of another model and ${withArgs('--tokenizer NAME')}`,
    }),
  },
];

/** The engine ends with this word whatever kept it from the Hub, so it counts only where nothing says more. */
export const missingModel: LogCause = {
  rule: 'start-model-missing',
  sign: /Invalid repository ID or local directory specified: '?([^'\s]+)|([^\s']+) does not appear to have a file named|Repo id must be in the form .*?: '([^']+)'|Incorrect path_or_model_id: '([^']+)'|Cannot find any model weights with `([^`]+)`|(\S+) is not a local folder and is not a valid model identifier|No such file or directory: '([^']*(?:config\.json|\.safetensors(?:\.index\.json)?))'/,
  say: (match, subject) => {
    const name = match.slice(1).find(part => part !== undefined) ?? subject.model;
    return {
      why: `there is no model at ${name}`,
      hint: `Check the name or path, and that ${place(subject)} is mounted there and holds it: the download writes to /opt/models/ORGANISATION/NAME.`,
    };
  },
};

const isHere = /^\//;
const isOffline = /OfflineModeIsEnabled|offline mode is enabled|outgoing traffic has been disabled/;

/** Whether the model was to be read from a folder or by an engine that asks nobody: then the Hub has no part in it. */
export const isReadLocally = (lines: readonly string[]): boolean =>
  lines.some(line => {
    const names = missingModel.sign.exec(line)?.slice(1) ?? [];
    return isOffline.test(line) || names.some(name => name !== undefined && isHere.test(name));
  });
