import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, vi } from 'vitest';
import { bytesServed } from './hub.ts';
import { COMMIT, etagOf, repository, smallModel } from './repository.ts';
import { LIBRARIES, setStage } from './stage.ts';

vi.setConfig({ testTimeout: 120_000 });

const TOKEN = 'hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ012345';
const GATED = repository(smallModel(), { granted: ['hf_somebodyElse'] });

describe.concurrent.each(LIBRARIES)('what the Hub refuses, with $title', ({ name, python }) => {
  const cases = [
    {
      what: 'a gated model without a token',
      env: {},
      repositories: [GATED],
      class: 'gated',
      code: 11,
      says: /no token/,
    },
    {
      what: 'a gated model with a token whose account has no access',
      env: { HF_TOKEN: TOKEN },
      repositories: [GATED],
      class: 'gated',
      code: 11,
      says: /account has no access/,
    },
    {
      what: 'a token that the Hub does not know',
      env: { HF_TOKEN: 'hf_thisOneWasRevokedLongAgo1234567' },
      repositories: [GATED],
      class: 'token-invalid',
      code: 10,
      says: /token/,
    },
    {
      what: 'a model that is not there',
      env: {},
      repositories: [],
      class: 'not-found',
      code: 12,
      says: /acme\/tiny/,
    },
    {
      what: 'a model that is not there, asked for with a token',
      env: { HF_TOKEN: TOKEN },
      repositories: [],
      class: 'not-found',
      code: 12,
      says: /acme\/tiny/,
    },
    {
      what: 'a revision that is not there',
      env: { MODEL_REVISION: 'v9' },
      repositories: [repository()],
      class: 'revision-not-found',
      code: 13,
      says: /no revision v9/,
    },
  ];

  it.skipIf(!python).for(cases)('$what', async ({ env, repositories, class: kind, code, says }, test) => {
    const { expect } = test;
    const stage = await setStage(test, python, repositories, [TOKEN]);
    const ended = await stage.run(env);

    expect(ended.lines.at(-1)).toMatchObject({
      event: 'error',
      class: kind,
      message: expect.stringMatching(says),
    });
    expect(ended.code).toBe(code);
    expect(ended.lines.map(line => line.event)).not.toContain('retry');
    expect(stage.marker()).toBeUndefined();
    const secret = Object.values(env).find(value => value.startsWith('hf_')) ?? TOKEN;
    expect(ended.text).not.toContain(secret);
  });

  it.skipIf(!python)('a token that may read is used, sent to the Hub and never printed', async test => {
    const { expect } = test;
    const stage = await setStage(test, python, [repository(smallModel(), { granted: [TOKEN] })], [TOKEN]);
    const { code, text } = await stage.run({ HF_TOKEN: TOKEN });

    expect(code).toBe(0);
    expect(
      stage.hub.requests.every(request => request.path.startsWith('/files/') || request.token === TOKEN),
    ).toBe(true);
    expect(text).not.toContain(TOKEN);
  });

  it.skipIf(!python)('a token is taken out of what others say, too', async test => {
    const { expect } = test;
    const stage = await setStage(test, python, [], [TOKEN]);
    const said = {
      'X-Error-Code': 'GatedRepo',
      'X-Error-Message': `No access for ${TOKEN} at http://me:pw@proxy/`,
    };
    stage.hub.fault = ({ path }) =>
      path.includes('whoami') ? undefined : { kind: 'refuse', status: 403, headers: said };
    const { code, text } = await stage.run({ HF_TOKEN: TOKEN });

    expect(code).toBe(11);
    expect(text).toContain('No access for *** at http://***@proxy/');
    expect(text).not.toMatch(/hf_aBc|me:pw/);
  });

  it.skipIf(!python)('too little room: nothing is fetched, both numbers are told', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const { code, lines } = await stage.run({ FREE_SPACE_MARGIN: String(2 ** 60) });

    const error = lines.at(-1);
    expect(error).toMatchObject({ event: 'error', class: 'disk-full' });
    expect(Number(error?.needBytes)).toBeGreaterThan(Number(error?.freeBytes));
    expect(String(error?.message)).toContain(String(error?.freeBytes));
    expect([code, bytesServed(stage.hub)]).toEqual([15, 0]);
  });

  it.skipIf(!python || process.platform !== 'linux')(
    'a volume that runs full while it is written',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      // The kernel's own full device stands where a file is written: the library's partial file where its name is known.
      const weights = 'model-00001-of-00002.safetensors';
      const hash = createHash('sha1')
        .update(`${weights}.metadata`)
        .digest('base64')
        .replaceAll('+', '-')
        .replaceAll('/', '_');
      const partial = `${hash}.${etagOf(weights, smallModel()[weights] ?? Buffer.alloc(0))}.incomplete`;
      const [folder, file] = name.endsWith('0.36')
        ? ['.cache/huggingface/download', partial]
        : ['.dynamo-installer', 'unfinished.new'];
      mkdirSync(join(stage.folder, folder), { recursive: true });
      symlinkSync('/dev/full', join(stage.folder, folder, file));
      const { code, lines } = await stage.run();

      expect(lines.at(-1)).toMatchObject({ event: 'error', class: 'disk-full' });
      expect(code).toBe(15);
      expect(lines.map(line => line.event)).not.toContain('retry');
    },
  );

  it.skipIf(!python)('a Hub that nobody can reach: name, proxy and port are told apart', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const closed = `http://127.0.0.1:${await closedPort()}`;
    const once = { DOWNLOAD_ATTEMPTS: '1' };
    const [dns, proxy, port] = await Promise.all([
      stage.run({ ...once, MODEL_DIR: `${stage.folder}1`, HF_ENDPOINT: 'http://hub.invalid' }),
      stage.run({
        ...once,
        MODEL_DIR: `${stage.folder}2`,
        HF_ENDPOINT: 'http://hub.invalid',
        HTTP_PROXY: closed,
      }),
      stage.run({ ...once, MODEL_DIR: `${stage.folder}3`, HF_ENDPOINT: closed }),
    ]);

    expect([dns.code, dns.lines.at(-1)?.class]).toEqual([16, 'dns']);
    expect([proxy.code, proxy.lines.at(-1)?.class]).toEqual([17, 'proxy']);
    expect([port.code, port.lines.at(-1)?.class]).toEqual([18, 'unreachable']);
  });

  it.skipIf(!python)('a folder that cannot be written', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const { code, lines } = await stage.run({ MODEL_DIR: '/sys/models', MODEL_REVISION: COMMIT });

    expect([code, lines.at(-1)?.class]).toEqual([19, 'not-writable']);
  });
});

/** A port of this computer on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}
