import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName, scrubObject, scrubText, secretsIn } from '../../../src/core/scrub.ts';

const secret = 'correct-horse-battery';

describe('names', () => {
  it.each([
    'HF_TOKEN',
    'hfToken',
    'DB_PASSWORD',
    'NGC_API_KEY',
    'apiKey',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'S3_CREDENTIALS',
    'client_secret',
    'token',
    'example.com/registry-password',
    'Authorization',
  ])('%s holds a secret', name => {
    expect(isSecretName(name)).toBe(true);
  });
  it.each([
    'secretName',
    'secretKeyRef',
    'HF_TOKEN_PATH',
    'max-num-batched-tokens',
    'tokenizer',
    'eos_token_id',
    'tokenExpirationSeconds',
    'serviceAccountName',
    'imagePullSecretName',
    'HF_HOME',
    'model',
  ])('%s holds none', name => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('an object', () => {
  const pod = {
    metadata: {
      name: 'p',
      managedFields: [{ manager: secret }],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': secret,
        'example.com/token': secret,
        'example.com/config': JSON.stringify({ url: 'http://x', password: secret }),
        'example.com/note': `use ${secret} to log in`,
        plain: 'kept',
      },
    },
    spec: {
      containers: [
        {
          env: [
            { name: 'HF_TOKEN', value: secret },
            { name: 'HF_HOME', value: '/models' },
            { name: 'EMPTY_TOKEN', value: '' },
            { name: 'OTHER', valueFrom: { secretKeyRef: { name: 'hf-token-secret', key: 'HF_TOKEN' } } },
          ],
          args: ['--model', 'm', '--api-key', secret, `--ssl-password=${secret}`, '--max-tokens', '12'],
          command: ['sh', '-c', `exec serve --api-key ${secret} --max-num-batched-tokens 8192`],
        },
      ],
      volumes: [{ secret: { secretName: 'hf-token-secret' } }],
    },
  };
  const clean = scrubObject(pod, secretsIn(pod));
  it('has no secret left anywhere', () => {
    expect(secretsIn(pod)).toEqual([secret]);
    expect(JSON.stringify(clean)).not.toContain(secret);
  });
  it('keeps what helps', () => {
    expect(clean).toMatchObject({
      metadata: { annotations: { plain: 'kept', 'example.com/note': 'use *** to log in' } },
      spec: {
        containers: [
          {
            env: [
              { name: 'HF_TOKEN', value: '***' },
              { name: 'HF_HOME', value: '/models' },
              { name: 'EMPTY_TOKEN', value: '' },
              { name: 'OTHER', valueFrom: { secretKeyRef: { name: 'hf-token-secret', key: 'HF_TOKEN' } } },
            ],
            args: ['--model', 'm', '--api-key', '***', '--ssl-password=***', '--max-tokens', '12'],
            command: ['sh', '-c', 'exec serve --api-key *** --max-num-batched-tokens 8192'],
          },
        ],
        volumes: [{ secret: { secretName: 'hf-token-secret' } }],
      },
    });
    expect(JSON.stringify(clean)).not.toContain('managedFields');
  });
  it('is without a secret wherever the secret stands under a name of its own', () => {
    const name = fc.constantFrom('HF_TOKEN', 'DB_PASSWORD', 'MY_API_KEY');
    const value = fc.stringMatching(/^[A-Za-z0-9$.+-]{10,30}$/);
    fc.assert(
      fc.property(name, value, fc.string(), fc.string(), (key, hide, before, after) => {
        const object = { env: [{ name: key, value: hide }], log: `${before}${hide}${after}`, [key]: hide };
        expect(JSON.stringify(scrubObject(object, secretsIn(object)))).not.toContain(hide);
      }),
    );
  });
});

describe('a text', () => {
  it.each([
    ['Authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['{"authorization": "ApiKey abc123"}', 'abc123'],
    ['key ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijkl'],
    ['nvapi-abcdefghijklmnopqrstuvwxyz', 'abcdefgh'],
    ['id AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def', 'eyJzdWIiOiIxIn0'],
    ["non-default args: {'api_key': ['hunter2'], 'model': 'm'}", 'hunter2'],
    ['client-key-data: LS0tLS1CRUdJTiBSU0E=', 'LS0tLS1CRUdJTiBSU0E='],
    ['token: hunter2', 'hunter2'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nMIIdef\n-----END RSA PRIVATE KEY-----\nafter', 'MIIdef'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nMIIdef', 'MIIdef'],
    ['serve --hf-token hunter2 --port 1', 'hunter2'],
    ['https://me:hunter2@proxy:3128', 'hunter2'],
  ])('%j', (text, gone) => {
    expect(scrubText(text, [])).not.toContain(gone);
  });
  it.each([
    'first token after 42 ms',
    'generation throughput: 180 tokens/s, max_num_batched_tokens=8192',
    'Loading tokenizer from /models/x',
    'KeyError: model.layers.0',
    'Loading safetensors checkpoint shards: 50% Completed | 1/2 [00:05<00:05,  5.1s/it]',
    'INFO 01-02 03:04:05 [core.py:70] Initializing a V1 LLM engine (v0.11.0) with config: model=m, seed=0',
  ])('%j stays as it is', text => {
    expect(scrubText(text, [])).toBe(text);
  });
});
