import { describe, it, vi } from 'vitest';
import { bytes, COMMIT, repository, smallModel } from './repository.ts';
import { LIBRARIES, setStage, story } from './stage.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.concurrent.each(LIBRARIES.slice(-1))('waiting for a model, with $title', ({ python }) => {
  it.skipIf(!python)(
    'begins before the download, goes on when it is complete, and asks no network',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      const waiting = stage.begin({ HF_ENDPOINT: 'http://hub.invalid' }, 'wait.py');
      const line = await waiting.line(({ event }) => event === 'waiting');
      await stage.run();
      const { code, lines, errors } = await waiting.end;

      expect(line).toMatchObject({ model: 'acme/tiny', revision: 'main', seconds: 0 });
      expect([code, story(lines), errors]).toEqual([0, ['waiting', 'complete'], '']);
    },
  );

  it.skipIf(!python)('ends at once when the revision, or its commit, is there', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    await stage.run();
    const branch = await stage.run({}, 'wait.py');
    const commit = await stage.run({ MODEL_REVISION: COMMIT }, 'wait.py');

    expect([branch.code, story(branch.lines)]).toEqual([0, ['complete']]);
    expect([commit.code, story(commit.lines)]).toEqual([0, ['complete']]);
  });

  const others = [
    { what: 'another revision', env: { MODEL_REVISION: 'v2' }, says: /another revision, main/ },
    { what: 'another model', env: { MODEL_ID: 'acme/huge' }, says: /another model/ },
  ];

  it.skipIf(!python).for(others)(
    'goes on waiting when $what is there, and ends at once on SIGTERM',
    async ({ env, says }, test) => {
      const { expect } = test;
      const stage = await setStage(test, python);
      await stage.run();
      const waiting = stage.begin({ ...env, INTERVAL: '3600' }, 'wait.py');
      const line = await waiting.line(({ event }) => event === 'waiting');
      waiting.kill('SIGTERM');
      const { code } = await waiting.end;

      expect(line.reason).toMatch(says);
      expect(code).toBe(143);
    },
  );

  it.skipIf(!python)(
    'does not take a folder for complete whose files are cut, until they are whole',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python, [repository()]);
      await stage.run();
      stage.put('config.json', '{}');
      stage.put('tokenizer.json', bytes(1, 1));
      const waiting = stage.begin({}, 'wait.py');
      const line = await waiting.line(({ event }) => event === 'waiting');
      for (const path of ['config.json', 'tokenizer.json']) stage.put(path, smallModel()[path] ?? '');
      const { code } = await waiting.end;

      expect(line.reason).toMatch(/2 files .* config\.json/);
      expect(code).toBe(0);
    },
  );
});
