/** Explains the checks of the model: the Hub, its Secret, and where it is kept. */

import type { Catalogue } from '../../../../core/finding.ts';

export const modelCodes = {
  'hub-model': {
    title: 'The model is not on the Hub',
    meaning: 'The Hub knows no such model, or hides it from this token. It being away is no error.',
    cause: 'A typo in the name, a private model, or one that was removed.',
    remedy: 'Use the name that the hint suggests, or a token that may read the model.',
  },
  'hub-revision': {
    title: 'The revision is not on the Hub',
    meaning: 'The model is there, the branch, tag or commit of it is not.',
    cause: 'A typo in --model-revision, or it was removed.',
    remedy: 'Name one that exists; main always does.',
  },
  'hub-access': {
    title: 'The model is gated',
    meaning: 'It can only be downloaded with the token of an account that was granted access.',
    cause: 'There is no token, or its account did not accept the licence or still waits for the authors.',
    remedy: "Accept the licence on the model's page with the account of the token.",
  },
  'hub-token': {
    title: 'The Hugging Face token is not valid',
    meaning: 'The Hub refuses the token, so the download would fail with 401.',
    cause: 'It expired, was revoked, or lost a letter when it was copied.',
    remedy: 'Make a new one, or leave it out for a public model.',
  },
  'remote-code': {
    title: 'The model brings its own Python code',
    meaning: 'vLLM runs code from the repository of a model only when it is told to.',
    cause: "The model's kind is not part of the libraries in the image.",
    remedy: 'If you trust the authors, add --trust-remote-code to the engine arguments.',
  },
  'chat-template': {
    title: 'The model has no chat template',
    meaning: 'Chat requests will fail; completions work.',
    cause: 'It is a base model, which was not trained to chat.',
    remedy: 'Deploy its Instruct version, or give a template with --custom-jinja-template.',
  },
  'token-secret': {
    title: 'A Secret is missing',
    meaning: 'The pods read a Secret that does not exist; without it no container starts.',
    cause: 'It has another name, or stands in another namespace.',
    remedy: 'Create it, or set HF_TOKEN so that it is created.',
  },
  'storage-class': {
    title: 'There is no storage class for the model cache',
    meaning: 'The claim would stay Pending for ever.',
    cause: 'The class that was named does not exist, or none was named and the cluster has no default one.',
    remedy: 'Name a class that works with --storage-class.',
  },
  'storage-mode': {
    title: 'The storage class cannot be shared by nodes',
    meaning: 'The claim asks for ReadWriteMany of a driver for disks, which one node at a time can mount.',
    cause: 'The access mode was chosen without regard to the class.',
    remedy: 'Choose a class for file systems, or the access mode ReadWriteOnce.',
  },
  'cache-claim': {
    title: 'The claim of the model cache cannot be mounted',
    meaning: 'The claim does not exist, lost its volume, or waits for one that will never come.',
    cause: 'A typo, or it names a storage class that does not exist or cannot do what it asks for.',
    remedy: 'Create it anew with a storage class that works, or let this program create one.',
  },
  'cache-size': {
    title: 'The model cache is too small',
    meaning:
      'The claim holds less than the weights of the model, so the download would end with a full disk.',
    cause: 'It was made for a smaller model.',
    remedy: 'Give a new claim more with --model-cache-size, or expand the one that is there.',
  },
  'cache-grow': {
    title: 'The model cache cannot grow',
    meaning: 'More room is asked for than the claim has, and its storage class cannot expand volumes.',
    cause: 'allowVolumeExpansion is not set on the class.',
    remedy: 'Keep the size, or use another claim.',
  },
} as const satisfies Catalogue;
