import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../src/files/archive.ts';
import { newFolder } from '../../kit/process.ts';

const limits = { mostBytes: 1024 * 1024, modified: 1_700_000_000 };

const unpacked = (file: string): string => {
  const into = newFolder();
  execFileSync('tar', ['-xzf', file, '-C', into]);
  return into;
};

describe('an archive', () => {
  const names = [
    'findings.json',
    `logs/${'p'.repeat(60)}/${'c'.repeat(60)}.log`,
    `logs/${'q'.repeat(180)}/${'d'.repeat(200)}.log`,
    'logs/pöd/größe.log',
    'empty.txt',
    'block.txt',
  ];
  const textFor = (name: string): string =>
    name === 'empty.txt' ? '' : name === 'block.txt' ? 'x'.repeat(512) : `${name}\n€ ${'line\n'.repeat(200)}`;

  it('is read by the tar of the system, long names and all', () => {
    const file = join(newFolder(), 'deep', 'bundle.tar.gz');
    const archive = createArchive('dynamo-chat', limits);
    for (const name of names) expect(archive.add(name, textFor(name))).toBe(true);
    const bytes = archive.write(file);
    expect(statSync(file).size).toBe(bytes);
    const into = unpacked(file);
    for (const name of names)
      expect(readFileSync(join(into, 'dynamo-chat', name), 'utf8')).toBe(textFor(name));
    const listed = execFileSync('tar', ['-tvzf', file], {
      env: { ...process.env, TZ: 'UTC' },
      encoding: 'utf8',
    });
    expect(listed.split('\n')[0]).toMatch(/^-rw-------.*2023-11-14 22:13 dynamo-chat\/findings\.json$/);
    expect(gunzipSync(readFileSync(file)).length % 512).toBe(0);
  });

  it('is for its owner only, and in its place at once', () => {
    const folder = newFolder();
    const file = join(folder, 'bundle.tar.gz');
    writeFileSync(file, 'older', { mode: 0o644 });
    const archive = createArchive('root', limits);
    archive.add('a', 'a');
    archive.write(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['bundle.tar.gz']);
  });

  it('leaves out what would make it larger than it may be', () => {
    const file = join(newFolder(), 'bundle.tar.gz');
    const archive = createArchive('root', { ...limits, mostBytes: 256 * 1024 });
    const noise = (): string => randomBytes(75_000).toString('base64');
    const taken = ['a', 'b', 'c', 'd', 'e'].map(name => archive.add(name, noise()));
    expect(taken.filter(Boolean).length).toBe(2);
    expect(archive.add('small', 'fits')).toBe(true);
    expect(archive.write(file)).toBeLessThanOrEqual(256 * 1024);
    expect(existsSync(join(unpacked(file), 'root', 'small'))).toBe(true);
  });

  it('says in a sentence why it cannot be written, and leaves nothing behind', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'taken.tar.gz'));
    const archive = createArchive('root', limits);
    expect(() => archive.write(join(folder, 'taken.tar.gz'))).toThrow(
      expect.objectContaining({
        kind: 'refused',
        message: expect.stringContaining('taken.tar.gz is a folder'),
      }),
    );
    expect(readdirSync(folder)).toEqual(['taken.tar.gz']);
  });
});
