import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hide, redact } from '../../../src/core/redact.ts';

describe('hide', () => {
  it.each<[string, readonly string[], string]>([
    ['a secret b', ['secret'], 'a *** b'],
    ['secret secret', ['secret'], '*** ***'],
    ['longer secret', ['secret', 'longer secret'], '***'],
    ['nothing', ['', 'secret'], 'nothing'],
    ['{"a":"se\\"cret"}', ['se"cret'], '{"a":"***"}'],
    ['?token=se%2Fcret', ['se/cret'], '?token=***'],
    ['$& and $1', ['and'], '$& *** $1'],
  ])('%j without %j', (text, secrets, expected) => {
    expect(hide(text, secrets)).toBe(expected);
  });
  it('takes every known secret out of every text', () => {
    // A secret made of asterisks could come back as the mark itself.
    const secret = fc.string({ minLength: 1, maxLength: 20 }).filter(text => !text.includes('*'));
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        (a, secrets, b) => {
          const clean = hide(`${a}${secrets.join('')}${b}`, secrets);
          expect(secrets.filter(one => clean.includes(one))).toEqual([]);
        },
      ),
    );
  });
});

describe('redact', () => {
  it.each<[string, string]>([
    ['token hf_abcdefghijklmnopqrstuvwxyz0123456789 was refused', 'token hf_*** was refused'],
    ['hf_oauth_eyJhbGciOiJFZERTQSJ9.eyJzY29wZSI6InJlYWQifQ.sig_-x.', 'hf_***'],
    [
      'hf_hub_download is a function, hf_transfer an extra',
      'hf_hub_download is a function, hf_transfer an extra',
    ],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer ***'],
    ['proxy http://me:secret@proxy:3128/ refused', 'proxy http://***@proxy:3128/ refused'],
    ['https://huggingface.co/acme/model@main', 'https://huggingface.co/acme/model@main'],
    ['HF_TOKEN=abcdefgh12345', 'HF_TOKEN=***'],
    ['"eos_token": "<|endoftext|>"', '"eos_token": "<|endoftext|>"'],
  ])('%j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
  it('knows the secrets it is given besides', () => {
    expect(redact('my plain password', ['plain'])).toBe('my *** password');
  });
});
