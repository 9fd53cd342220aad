/** Codes of findings that belong to no component: settings, answers files, config.json, saved folders, manifests. */

import type { Catalogue } from './finding.ts';

export const coreCatalogue = {
  'setting-not-applicable': {
    title: 'A setting that means nothing here',
    meaning:
      'A flag, a variable or an answers file sets something that only exists in another mode or with another feature.',
    cause:
      'For example --tensor-parallel-size with --mode disaggregated, where prefill and decode have a size each.',
    remedy: 'Use the settings that the message names, or switch the mode or the feature on.',
  },
  'setting-wrong-value': {
    title: 'A value that cannot be',
    meaning: 'A flag or a variable was given a value of the wrong kind or outside its range.',
    cause: 'A typing error, or a number that no cluster has.',
    remedy: 'Give a value as the message describes it; --help lists every flag with its values.',
  },
  'setting-unknown-variable': {
    title: 'An unknown variable',
    meaning: 'A variable beginning with DYNAMO_INSTALLER_ names no setting.',
    cause: 'A typing error in its name; without this finding it would be ignored in silence.',
    remedy: 'Use the name that the message proposes, or unset the variable.',
  },
  'answers-unknown-key': {
    title: 'An unknown key in an answers file',
    meaning: 'The answers file has a key that is no setting.',
    cause: 'A typing error, or a key of a newer version of this program.',
    remedy:
      'Use the key that the message proposes. Keys are the flags in camelCase: --kv-router is kvRouter.',
  },
  'answers-wrong-value': {
    title: 'A wrong value in an answers file',
    meaning: 'A value in the answers file is of the wrong kind or outside its range.',
    cause: 'Often a number or a switch in quotes: numbers are written as 2, switches as true or false.',
    remedy: 'Write the value as the message describes it.',
  },
  'answers-unreadable': {
    title: 'An answers file that is neither YAML nor JSON',
    meaning: 'The answers file cannot be read or parsed.',
    cause: 'It does not exist, may not be read, or has a syntax error at the place named.',
    remedy: 'Mend the line named, or write a new file with --save-answers FILE.',
  },
  'config-unknown-key': {
    title: 'An unknown key in config.json',
    meaning: 'config.json or config.local.json has a key that this program does not know.',
    cause: 'A typing error, or a key of another version.',
    remedy: 'Use the key that the message proposes; docs/config.schema.json lists them all.',
  },
  'config-wrong-value': {
    title: 'A wrong value in config.json',
    meaning: 'A value in config.json or config.local.json is of the wrong kind or outside its range.',
    cause: 'Often a number in quotes, or a text without quotes.',
    remedy: 'Write the value as the message describes it.',
  },
  'config-unreadable': {
    title: 'A config.json that is not JSON',
    meaning: 'config.json or config.local.json cannot be read or parsed.',
    cause: 'A missing comma or brace, a comment, or a file that may not be read.',
    remedy: 'Mend the line and column named.',
  },
  'manifest-unreadable': {
    title: 'A manifest that is not YAML',
    meaning: 'A file to review cannot be read or parsed, or holds something that is no Kubernetes object.',
    cause: 'A syntax error at the place named, or another kind of file.',
    remedy: 'Mend the line named.',
  },
  'manifest-schema': {
    title: 'A rendered object of the wrong shape',
    meaning: 'An object does not have the shape that this program writes for that release.',
    cause: 'An edited template or file.',
    remedy: 'Take the change back, or correct the field named.',
  },
  'manifest-unknown-field': {
    title: 'A field that is not expected',
    meaning: 'An object has a field that this program does not write.',
    cause: 'An edited template or file, or a typing error in a field; Kubernetes would refuse or drop it.',
    remedy: 'Take the change back, or correct the name of the field.',
  },
  'manifest-not-checked': {
    title: 'A field outside what is checked',
    meaning: 'A manifest from elsewhere uses a field or a value that this program does not write itself.',
    cause: 'Other authors use more of the API than this program does.',
    remedy: 'Nothing needs doing; the cluster has the last word on it.',
  },
  'skip-unknown': {
    title: 'A check that does not exist',
    meaning: '--skip-check names a code that no check has.',
    cause: 'A typing error.',
    remedy: './cli explain lists every code.',
  },
} as const satisfies Catalogue;
