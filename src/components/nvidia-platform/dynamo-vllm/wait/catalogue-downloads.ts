/** What keeps the model from the claim: codes with meaning, cause and remedy. */

import type { Catalogue } from '../../../../core/finding.ts';

export const downloadCatalogue = {
  'download-token-invalid': {
    title: 'The Hugging Face token is not valid',
    meaning: 'The Hub refused the token of the download.',
    cause: 'It was revoked, or copied with a mistake.',
    remedy: 'Make a new token with read permission and store it in the Secret.',
  },
  'download-gated': {
    title: 'The model is gated',
    meaning: 'The Hub hands this model out only to accounts that were granted access.',
    cause: 'The licence was not accepted, or there is no token.',
    remedy: "Request access on the model's page with the account of the token.",
  },
  'download-not-found': {
    title: 'There is no such model',
    meaning: 'The Hub does not know the model, or hides it from this token.',
    cause: 'A typo, or a private model.',
    remedy: 'Check the name; a private model needs a token that may read it.',
  },
  'download-revision': {
    title: 'There is no such revision',
    meaning: 'The model exists, but not the branch, tag or commit.',
    cause: 'A typo in --model-revision, or a branch that was deleted.',
    remedy: "Take one that the model's page lists.",
  },
  'download-rate-limited': {
    title: 'The Hub limits the requests',
    meaning: 'The Hub answers 429 to this address or account.',
    cause: 'Many downloads from one address, usually without a token.',
    remedy: 'Wait some minutes; use a token.',
  },
  'download-disk-full': {
    title: 'No room for the model',
    meaning: 'The volume has less free space than the model needs.',
    cause: 'Other models fill the claim, or it is too small.',
    remedy: 'Expand the claim, delete a model that nobody uses, or use another claim.',
  },
  'download-dns': {
    title: "The Hub's name cannot be resolved",
    meaning: 'Pods of the namespace cannot resolve names outside the cluster.',
    cause: 'DNS of the cluster, or egress rules that block it.',
    remedy: 'Check DNS and egress, or use a mirror with HF_ENDPOINT.',
  },
  'download-proxy': {
    title: 'The proxy is in the way',
    meaning: 'The proxy did not let the download through.',
    cause: 'A wrong proxy address, missing credentials, or names that it does not allow.',
    remedy: 'Check HTTPS_PROXY and NO_PROXY of the download.',
  },
  'download-unreachable': {
    title: 'The Hub cannot be reached',
    meaning: 'The Hub or its file servers did not answer the download.',
    cause: 'Egress rules, network policies, or an outage.',
    remedy: 'Check the way out of the namespace, or use a mirror.',
  },
  'download-not-writable': {
    title: 'The claim cannot be written',
    meaning: 'The download may not write to its volume.',
    cause: 'The volume is read-only, or belongs to another user than 1000.',
    remedy: 'Mount it writable, with fsGroup 1000 or an owner of 1000.',
  },
  'download-killed': {
    title: 'The download was killed',
    meaning: 'The download used more memory than it may.',
    cause: 'Very fast downloads keep many pieces in memory.',
    remedy: 'Let it use less, or raise the memory limit of the Job.',
  },
  'download-failed': {
    title: 'The download failed',
    meaning: 'The Job that brings the model ended without it.',
    cause: 'See the lines that are quoted.',
    remedy: 'Run again: what is on the claim is not fetched twice.',
  },
  'download-retrying': {
    title: 'The download tries again',
    meaning: 'The Hub could not be reached at once; the download goes on trying.',
    cause: 'A passing fault, or one that will end it after some minutes.',
    remedy: 'Nothing yet.',
  },
  'model-not-coming': {
    title: 'A model that nobody brings',
    meaning: 'Workers wait for a model on their claim, and nothing is downloading it any more.',
    cause: 'The claim holds another revision, or files were removed after the download.',
    remedy: 'Let the download run again, or give each revision a claim of its own.',
  },
} as const satisfies Catalogue;
