/** Explains every finding about the additional vLLM args. */

import type { Catalogue } from '../../../../core/finding.ts';

export const engineCatalogue = {
  'args-unbalanced-quote': {
    title: 'A quote in the additional vLLM args is not closed',
    meaning:
      'The text is split into words as a shell splits them, and a quote that is opened has to be closed. The finding says which quote it is and at which character it stands.',
    cause:
      'A quote was forgotten, an apostrophe stands inside single quotes, or the text ends with a backslash.',
    remedy: 'Close the quote. Put JSON in single quotes as a whole, with double quotes inside it.',
  },
  'args-unknown-flag': {
    title: 'The engine does not have this argument',
    meaning:
      'The worker of this Dynamo release stops at once when it is given an argument that it does not know, so nothing would be served.',
    cause:
      'The name is misspelt, belongs to another release, or belongs to the server that "vllm serve" starts and that Dynamo replaces by its frontend.',
    remedy:
      'Follow the hint, which names the nearest argument or the replacement. For an image with arguments of its own, add --skip-check args-unknown-flag.',
  },
  'args-wrong-value': {
    title: 'An argument has a value that the engine does not accept',
    meaning:
      'The argument exists in this release, but its value is missing, has the wrong form, or is a name that the engine does not know. Some of these stop the worker only after the model has been loaded.',
    cause:
      'A value of another release, a value behind a flag that takes none, JSON that lost its quotes, or a number out of range.',
    remedy: 'Follow the hint. Flags that switch something are written as --x or --no-x, without a value.',
  },
  'args-wrong-spelling': {
    title: 'An argument is spelt in a way that this release does not accept',
    meaning:
      'It is clear, or nearly clear, which argument is meant, but the parser of this release does not recognise it like this.',
    cause:
      'From Dynamo 1.0 on the flags of Dynamo itself are accepted only in full and with dashes; short options of several letters need a blank before the value; an abbreviation has to fit one flag only.',
    remedy: 'Write the flag in full, with dashes, and the value as a word of its own.',
  },
  'args-positional': {
    title: 'A word belongs to no argument',
    meaning: 'The worker takes only flags and their values. A word that stands alone ends it with an error.',
    cause:
      'A value with blanks lacks its quotes, a flag that takes no value was given one, or a model name was added as for "vllm serve".',
    remedy: 'Remove the word, put quotes around the whole value, or write the flag before it.',
  },
  'args-deprecated': {
    title: 'An argument is deprecated',
    meaning:
      'The argument still works in this release, and its parser says that a later one will not take it.',
    cause: 'The argument was replaced by another one or is no longer needed.',
    remedy: 'Use what the hint names, so that the next release can be installed without a change.',
  },
  'args-exits': {
    title: 'An argument makes the worker print something and exit',
    meaning:
      'With --help or --version the worker prints a text and ends. Kubernetes would start it again and again.',
    cause: 'The argument is meant for a person at a terminal.',
    remedy: 'Remove it.',
  },
  'args-unchecked': {
    title: 'The additional vLLM args were not checked',
    meaning:
      'This program carries the lists of arguments of certain Dynamo releases. For the chosen release there is none, so the arguments are passed on as they are.',
    cause: 'The release is newer or older than the lists of this program.',
    remedy:
      'Compare the arguments with the documentation of the vLLM release in the image, or choose a release that has a list.',
  },
} as const satisfies Catalogue;
