import { describe, it, vi } from 'vitest';
import { bytesServed, inTurn, isForFile, type Seen } from './hub.ts';
import { bytes, COMMIT, repository, smallModel, totalBytes } from './repository.ts';
import { LIBRARIES, setStage, story } from './stage.ts';

vi.setConfig({ testTimeout: 120_000 });

const BIG = 24_000_000;

describe.concurrent.each(LIBRARIES)('the download with $title', ({ name, python }) => {
  it.skipIf(!python)('fetches every file, says so line by line and writes the marker', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const { code, lines, errors } = await stage.run();

    expect(story(lines)).toEqual(['resolve', 'start', 'complete']);
    expect(code).toBe(0);
    expect(errors).toBe('');
    for (const [path, content] of Object.entries(smallModel())) expect(stage.read(path)).toEqual(content);
    const total = totalBytes(smallModel());
    expect(stage.marker()).toMatchObject({
      model: 'acme/tiny',
      revisions: ['main'],
      commit: COMMIT,
      bytes: total,
    });
    expect(Object.keys(stage.marker()?.files ?? {})).toEqual(Object.keys(smallModel()).sort());
    const progress = lines.filter(line => line.event === 'progress');
    expect(progress.at(-1)).toMatchObject({
      model: 'acme/tiny',
      commit: COMMIT,
      doneBytes: total,
      totalBytes: total,
    });
    expect(lines.every(line => new Date(line.at).toISOString() === line.at)).toBe(true);
  });

  it.skipIf(!python)(
    'fetches nothing a second time, and asks nothing at all when the commit is named',
    async test => {
      const { expect } = test;
      const stage = await setStage(test, python);
      await stage.run();
      const [served, asked] = [bytesServed(stage.hub), stage.hub.requests.length];

      const second = await stage.run();
      const askedTwice = stage.hub.requests.length;
      const pinned = await stage.run({ MODEL_REVISION: COMMIT });

      expect([second.code, story(second.lines)]).toEqual([0, ['resolve', 'skip']]);
      expect([pinned.code, story(pinned.lines)]).toEqual([0, ['skip']]);
      expect(bytesServed(stage.hub)).toBe(served);
      expect(askedTwice).toBe(asked + 1);
      expect(stage.hub.requests.length).toBe(askedTwice);
    },
  );

  it.skipIf(!python)('goes on where a killed run stopped, and left no marker', async test => {
    const { expect } = test;
    const model = {
      ...smallModel(),
      'model-00002-of-00002.safetensors': bytes(BIG, 7),
    };
    const stage = await setStage(test, python, [repository(model)]);
    stage.hub.fault = () => ({ kind: 'hold', after: BIG - 1_000_000 });
    const first = stage.begin();
    // The library writes in pieces of 10 MiB: two of them, and all the small files.
    await first.line(line => Number(line.doneBytes) >= 20 * 2 ** 20 + totalBytes(model) - BIG);
    first.kill('SIGKILL');
    await first.end;
    const [marker, served] = [stage.marker(), bytesServed(stage.hub)];

    stage.hub.fault = undefined;
    const second = await stage.run();

    expect(marker).toBeUndefined();
    expect(second.code).toBe(0);
    expect(stage.read('model-00002-of-00002.safetensors').equals(bytes(BIG, 7))).toBe(true);
    // Newer libraries go on with whole files only, older ones inside a file too.
    expect(bytesServed(stage.hub) - served).toBeLessThanOrEqual(
      name.endsWith('0.36') ? BIG - 20 * 2 ** 20 : BIG,
    );
    expect(stage.leftovers()).toEqual([]);
  });

  it.skipIf(!python)('waits as long as a 429 asks, be it for the model or for a file', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const refuse = (headers: Record<string, string>) => ({ kind: 'refuse', status: 429, headers }) as const;
    const model = (request: Seen) => request.path.endsWith('/revision/main');
    const file = (request: Seen) => request.path.endsWith('/config.json');
    stage.hub.fault = inTurn(
      { at: model, fault: () => refuse({ 'Retry-After': new Date(Date.now() + 2000).toUTCString() }) },
      { at: model, fault: refuse({ RateLimit: '"api";r=0;t=1' }) },
      { at: file, fault: refuse({ 'Retry-After': '1' }) },
      { at: file, fault: refuse({ 'Retry-After': '1' }) },
    );
    const { code, lines } = await stage.run();

    expect(code).toBe(0);
    const retries = lines.filter(line => line.event === 'retry').map(line => [line.attempt, line.reason]);
    expect(retries.slice(0, 2)).toEqual([1, 2].map(attempt => [attempt, 'rate-limited']));
    const [first = 0, second = 0, third = 0] = stage.hub.requests.filter(model).map(request => request.at);
    // Newer libraries ask once more at once, and then as late as they are told.
    const [, refused = 0, good = 0] = stage.hub.requests.filter(file).map(request => request.at);
    // A date has no fractions of a second.
    expect(second - first).toBeGreaterThanOrEqual(950);
    expect(third - second).toBeGreaterThanOrEqual(1000);
    expect(good - refused).toBeGreaterThanOrEqual(1000);
  });

  it.skipIf(!python)('gets over a cut connection and over answers of 503', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    const busy = { kind: 'refuse', status: 503 } as const;
    const faults = [
      { at: (request: Seen) => request.path.startsWith('/api/models'), fault: busy },
      { at: isForFile, fault: busy },
      { at: isForFile, fault: { kind: 'cut', after: 10 } as const },
    ];
    stage.hub.fault = inTurn(...faults);
    const { code, lines } = await stage.run();

    expect(code).toBe(0);
    const retries = lines.filter(line => line.event === 'retry');
    expect(retries.map(line => line.reason)).toEqual(['unreachable', 'unreachable']);
    for (const [path, content] of Object.entries(smallModel())) expect(stage.read(path)).toEqual(content);
  });

  it.skipIf(!python)('gives up after the tries it was given', async test => {
    const { expect } = test;
    const stage = await setStage(test, python);
    stage.hub.fault = () => ({ kind: 'refuse', status: 500 });
    const { code, lines } = await stage.run({ DOWNLOAD_ATTEMPTS: '3' });

    expect(code).toBe(18);
    expect(lines.filter(line => line.event === 'retry').map(line => line.attempt)).toEqual([1, 2]);
    expect(lines.at(-1)).toMatchObject({
      event: 'error',
      class: 'unreachable',
    });
    expect(stage.hub.requests.length).toBe(3);
  });
});
