import { join } from 'node:path';
import { describe, it, vi } from 'vitest';
import { bytesServed } from './hub.ts';
import { bytes, COMMIT, LATER_COMMIT, repository, smallModel, text, totalBytes } from './repository.ts';
import { LIBRARIES, putTree, setStage, story } from './stage.ts';

vi.setConfig({ testTimeout: 120_000 });

const NO_HUB = { HF_ENDPOINT: 'http://127.0.0.1:9', RETRY_SECONDS: '0.01' };
const HELD = 'model-00001-of-00002.safetensors';

describe.concurrent.each(LIBRARIES)('the folder of a model, with $title', ({ python }) => {
  it.skipIf(!python)(
    'is taken up when somebody else has filled it: only what differs is fetched',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      putTree(stage, { ...smallModel(), 'config.json': text({ of: 'an older commit' }) });
      const { code, lines } = await stage.run();

      expect([code, story(lines)]).toEqual([0, ['resolve', 'adopt', 'start', 'complete']]);
      expect(stage.read('config.json')).toEqual(smallModel()['config.json']);
      expect(bytesServed(stage.hub)).toBeLessThan(1000);
      expect(stage.marker()).toMatchObject({ commit: COMMIT, bytes: totalBytes(smallModel()) });
    },
  );

  it.skipIf(!python)(
    'is taken as it is when the Hub cannot be reached, and checked when it can be again',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      putTree(stage, { ...smallModel(), 'notes.md': Buffer.from('mine') });
      const offline = await stage.run(NO_HUB);
      const unchecked = stage.marker();
      const waited = await stage.run({}, 'wait.py');
      const again = await stage.run(NO_HUB);
      const online = await stage.run();

      expect([offline.code, story(offline.lines)]).toEqual([0, ['retry', 'adopt', 'complete']]);
      expect(offline.lines.find(line => line.event === 'adopt')?.message).toMatch(/unchecked/);
      expect(unchecked).toMatchObject({ commit: null, revisions: ['main'], files: { 'notes.md': 4 } });
      expect(waited.code).toBe(0);
      expect([again.code, story(again.lines)]).toEqual([0, ['retry', 'skip']]);
      expect([online.code, stage.marker()?.commit]).toEqual([0, COMMIT]);
      expect(stage.files()).toContain('notes.md');
    },
  );

  it.skipIf(!python)('is not taken as it is when the Hub answers that there is no such model', async test => {
    const { expect } = test;
    const stage = await setStage(test, python, []);
    putTree(stage, smallModel());
    const { code } = await stage.run();

    expect([code, stage.marker()]).toEqual([12, undefined]);
  });

  it.skipIf(!python)(
    'is not taken without the Hub while a shard, the tokenizer or a part of a file is missing',
    async test => {
      const { expect } = test;
      const { 'tokenizer.json': _, ...withoutTokenizer } = smallModel();
      const { [HELD]: __, ...withoutShard } = smallModel();
      const cut = { ...smallModel(), [HELD]: bytes(100, 1) };
      for (const tree of [withoutTokenizer, withoutShard, cut]) {
        const stage = await setStage(test, python);
        putTree(stage, tree);
        const { code } = await stage.run({ ...NO_HUB, DOWNLOAD_ATTEMPTS: '1' });

        expect([code, stage.marker()]).toEqual([18, undefined]);
      }
    },
  );

  it.skipIf(!python)(
    'loses its marker before files of another commit come, and the files that one no longer has',
    async test => {
      const { expect } = test;
      const later = { ...smallModel(9), 'vocab.json': text({}) };
      delete (later as Record<string, Buffer>)['tokenizer.json'];
      const model = repository(smallModel(), { commits: { [COMMIT]: smallModel(), [LATER_COMMIT]: later } });
      const stage = await setStage(test, python, [model]);
      await stage.run();
      model.branches.main = LATER_COMMIT;
      stage.hub.fault = ({ path }) => (path.startsWith('/files/') ? { kind: 'hold', after: 5 } : undefined);
      const second = stage.begin();
      await second.line(line => line.event === 'start');
      const meanwhile = stage.marker();
      second.kill('SIGKILL');
      await second.end;

      const offline = await stage.run({ ...NO_HUB, DOWNLOAD_ATTEMPTS: '1' });
      stage.hub.fault = undefined;
      const third = await stage.run();

      expect(meanwhile).toBeUndefined();
      expect(offline.code).toBe(18);
      expect([third.code, stage.marker()?.commit]).toEqual([0, LATER_COMMIT]);
      expect(stage.files()).toEqual(Object.keys(later).sort());
      for (const [path, content] of Object.entries(later)) expect(stage.read(path)).toEqual(content);
    },
  );

  it.skipIf(!python)(
    'is never complete with a file of another commit in it, with the Hub or without',
    async test => {
      const { expect } = test;
      // The same sizes in both commits, and a Hub that refuses to tell about the weights: the library keeps the old ones.
      const model = repository(smallModel(1), {
        commits: { [COMMIT]: smallModel(1), [LATER_COMMIT]: smallModel(2) },
      });
      const stage = await setStage(test, python, [model]);
      await stage.run();
      model.branches.main = LATER_COMMIT;
      stage.hub.fault = ({ path }) => (path.endsWith(HELD) ? { kind: 'refuse', status: 429 } : undefined);
      const mixed = await stage.run({ DOWNLOAD_ATTEMPTS: '1' });
      const offline = await stage.run({ ...NO_HUB, DOWNLOAD_ATTEMPTS: '1' });

      expect(mixed.lines.at(-1)).toMatchObject({ event: 'error', message: expect.stringContaining(HELD) });
      expect([mixed.code, offline.code, stage.marker()]).toEqual([18, 18, undefined]);
      expect(stage.files()).toEqual(Object.keys(smallModel()).sort());
    },
  );

  it.skipIf(!python)('is filled by one of two Jobs; the other waits and finds it complete', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    stage.hub.fault = ({ path }) => (path.startsWith('/files/') ? { kind: 'hold', after: 5 } : undefined);
    const first = stage.begin();
    await first.line(line => line.event === 'start');
    const second = stage.begin();
    await second.line(line => line.event === 'waiting');
    stage.hub.fault = undefined;
    stage.hub.release();
    const [one, two] = await Promise.all([first.end, second.end]);

    expect([one.code, two.code]).toEqual([0, 0]);
    expect(story(two.lines)).toEqual(['waiting', 'resolve', 'skip']);
    expect(bytesServed(stage.hub)).toBe(totalBytes(smallModel()));
  });

  it.skipIf(!python)(
    'is filled without a lock, and that is said, where the volume knows no locks',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      const nolocks = `import errno, fcntl
def refuse(*_): raise OSError(errno.ENOLCK, "No locks available")
fcntl.lockf = refuse
`;
      stage.put('../patch/sitecustomize.py', nolocks);
      const { code, lines } = await stage.run({ PYTHONPATH: join(stage.folder, '../patch') });

      expect([code, story(lines)]).toEqual([0, ['note', 'resolve', 'start', 'complete']]);
      expect(lines[0]?.message).toMatch(/no locks/i);
    },
  );

  it.skipIf(!python)('keeps what is there on SIGTERM, says so and has no marker', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    stage.hub.fault = ({ path }) => (path.startsWith('/files/') ? { kind: 'hold', after: 5 } : undefined);
    const running = stage.begin();
    await running.line(line => Number(line.doneBytes) >= totalBytes(smallModel()) - 7000);
    running.kill('SIGTERM');
    const { code, lines } = await running.end;

    expect(code).toBe(143);
    expect(lines.at(-1)).toMatchObject({ event: 'error', class: 'interrupted' });
    expect(stage.marker()).toBeUndefined();
    expect(stage.files()).toContain('config.json');
  });
});

describe.concurrent.each(LIBRARIES.slice(-1))('what belongs to a model, with $title', ({ python }) => {
  const weights = bytes(500, 3);
  const cases = [
    {
      what: 'other formats and layouts are left out when there are safetensors',
      files: ['model.safetensors', 'config.json', 'sub/extra.json'],
      others: [
        'consolidated.safetensors',
        'original/model.safetensors',
        'metal/model.bin',
        'pytorch_model.bin',
        'tf_model.h5',
      ],
    },
    {
      what: 'more formats are left out when there are safetensors',
      files: ['model.safetensors', 'config.json'],
      others: [
        'consolidated.00.pth',
        'model-q4.gguf',
        'flax_model.msgpack',
        'onnx/model.onnx',
        'rust_model.ot',
      ],
    },
    {
      what: 'without safetensors the bin files are the weights',
      files: ['pytorch_model.bin', 'config.json'],
      others: ['tf_model.h5', 'model.onnx', 'original/params.json'],
    },
    {
      what: 'consolidated weights are fetched when there are no others',
      files: ['consolidated.safetensors', 'params.json', 'tekken.json'],
      others: ['consolidated.pth', 'original/x.pth'],
    },
  ];

  it.skipIf(!python).for(cases)('$what', async ({ files, others }, test) => {
    const { expect } = test;
    const tree = Object.fromEntries([...files, ...others].map(path => [path, weights]));
    const stage = await setStage(test, python, [repository(tree)]);
    const { code } = await stage.run();

    expect([code, stage.files()]).toEqual([0, [...files].sort()]);
  });

  it.skipIf(!python)('a file that has changed its size since is fetched again', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    await stage.run();
    stage.put(HELD, bytes(10, 1));
    const { code, lines } = await stage.run({ MODEL_REVISION: COMMIT });

    expect([code, story(lines)]).toEqual([0, ['resolve', 'start', 'complete']]);
    expect(stage.read(HELD)).toEqual(smallModel()[HELD]);
  });

  it.skipIf(!python)('a second name of the same commit is written into the marker', async test => {
    const { expect } = test;
    const model = repository(smallModel(), { branches: { main: COMMIT, 'v1.0': COMMIT } });
    const stage = await setStage(test, python, [model]);
    await stage.run();
    const { lines } = await stage.run({ MODEL_REVISION: 'v1.0' });
    const silent = await stage.run({ ...NO_HUB, MODEL_REVISION: 'v1.0' });

    expect(story(lines)).toEqual(['resolve', 'skip']);
    expect(stage.marker()?.revisions).toEqual(['main', 'v1.0']);
    expect([silent.code, story(silent.lines)]).toEqual([0, ['retry', 'skip']]);
  });
});
