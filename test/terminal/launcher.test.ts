/** `./cli` in fresh clones: what it installs and builds by itself, and what it says when it cannot. */

import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import {
  cloneCheckout,
  fakeTool,
  inFront,
  type Launched,
  launch,
  linkPackages,
  noClone,
  onlyTools,
  temporaryFolder,
} from '../kit/checkout.ts';
import { describeUnless } from '../kit/skip.ts';
import { keys, openTerminal } from '../kit/terminal.ts';

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
) as {
  version: string;
};
// A clone is built in a second or two, on a computer that does nothing else.
vi.setConfig({ testTimeout: 120_000 });

/** How long it takes is not what these tests are about. */
const steps = (stderr: string): string => stderr.replace(/^.*: still at it after \d+ s\n/gm, '');

const silently = (stdout: string): Launched => ({ code: 0, stdout, stderr: '' });
const announced = 'First use: installing and building, once.\n';

/** A clone with its packages, not built yet. */
const cloneWithPackages = (name?: string): string => {
  const folder = cloneCheckout(name);
  linkPackages(join(folder, 'node_modules'));
  return folder;
};

/** An npm that takes its time and then puts packages in place that were linked before, and a log of its starts. */
const slowNpm = (seconds: number): { path: string; starts: () => number } => {
  const packages = join(temporaryFolder(), 'packages');
  const log = join(packages, '..', 'log');
  linkPackages(packages);
  const path = fakeTool(
    'npm',
    `echo start >> '${log}'\nsleep ${seconds}\nmkdir -p node_modules\ncp -R '${packages}/.' node_modules`,
  );
  return { path, starts: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0) };
};

type Holder = { readonly processes: readonly { readonly pid: number }[] };

/** The processes that set a clone up, once npm is among them. */
const settingUp = async (folder: string): Promise<readonly number[]> => {
  for (;;) {
    try {
      const holder = JSON.parse(readFileSync(join(folder, '.dist-lock'), 'utf8')) as Holder;
      if (holder.processes.length > 1) return holder.processes.map(({ pid }) => pid);
    } catch {
      // Not there yet.
    }
    await sleep(20);
  }
};

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;

describeUnless(noClone, 'a fresh clone', () => {
  it('installs with the real npm and builds, shows that it does, then runs; later it is silent', async context => {
    const folder = cloneCheckout();
    const first = await launch(join(folder, 'cli'), ['--version']);
    if (offline.test(first.stderr)) context.skip('the package registry cannot be reached');
    expect(first).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(steps(first.stderr).split('\n')).toEqual([
      announced.trim(),
      expect.stringMatching(/^Installing \d+ packages with npm$/),
      'Building',
      '',
    ]);
    expect(await launch(join(folder, 'cli'), ['--version'])).toEqual(silently(`${version}\n`));
    expect(existsSync(join(folder, 'node_modules', 'typescript'))).toBe(false);
  });

  it('shows the elapsed time on a terminal and leaves no trace of it', async () => {
    const { path } = slowNpm(2);
    const folder = cloneCheckout();
    const screen = openTerminal(join(folder, 'cli'), ['--version'], {
      cwd: folder,
      env: inFront(path),
      patienceMs: 90_000,
    });
    await screen.until(/^Installing \d+ packages with npm … 1 s$/m);
    await screen.until(new RegExp(`^${version}$`, 'm'));
    expect(await screen.ended()).toBe(0);
    expect(screen.lines()).toEqual([announced.trim(), version]);
  });

  it('keeps its talk off stdout', async () => {
    const first = await launch(join(cloneWithPackages(), 'cli'), ['--version']);
    expect({ ...first, stderr: steps(first.stderr) }).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: `${announced}Building\n`,
    });
  });

  it('runs through links, from any folder and from one with blanks in its name', async () => {
    const folder = cloneWithPackages('a folder with $blanks');
    const elsewhere = temporaryFolder();
    mkdirSync(join(elsewhere, 'bin'));
    symlinkSync(join(folder, 'cli'), join(elsewhere, 'first'));
    symlinkSync('../first', join(elsewhere, 'bin', 'second'));
    expect((await launch(join(elsewhere, 'bin', 'second'), ['--version'], { cwd: '/' })).stdout).toBe(
      `${version}\n`,
    );
    expect(await launch('./second', ['--version'], { cwd: join(elsewhere, 'bin') })).toEqual(
      silently(`${version}\n`),
    );
    const onPath = await launch('second', ['--version'], { cwd: '/', env: inFront(join(elsewhere, 'bin')) });
    expect(onPath).toEqual(silently(`${version}\n`));
  });

  it('builds again when a source has changed, not when it was only touched', async () => {
    const folder = cloneWithPackages();
    const cli = join(folder, 'cli');
    await launch(cli, ['--version']);
    const file = join(folder, 'package.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text);
    expect(await launch(cli, ['--version'])).toEqual(silently(`${version}\n`));
    writeFileSync(file, text.replace(`"version": "${version}"`, '"version": "9.9.9"'));
    const changed = await launch(cli, ['--version']);
    expect({ ...changed, stderr: steps(changed.stderr) }).toEqual({
      code: 0,
      stdout: '9.9.9\n',
      stderr: 'The sources have changed: building again.\nBuilding\n',
    });
  });
});

describeUnless(noClone, 'several first uses', () => {
  it('at once install once: one works, the other waits and says so', async () => {
    const npm = slowNpm(1);
    const cli = join(cloneCheckout(), 'cli');
    const both = await Promise.all([1, 2].map(() => launch(cli, ['--version'], { env: inFront(npm.path) })));
    expect(both.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      [1, 2].map(() => ({ code: 0, stdout: `${version}\n` })),
    );
    const [worked, waited] = both
      .map(({ stderr }) => steps(stderr))
      .sort((a, b) => b.split('\n').length - a.split('\n').length);
    expect(worked).toMatch(
      /^First use: installing and building, once\.\nInstalling \d+ packages with npm\nBuilding\n$/,
    );
    expect(waited).toMatch(/^Process \d+ is setting this checkout up; waiting for it\.\n$/);
    expect(npm.starts()).toBe(1);
  });

  it.each([
    ['alone, so that npm lives on', (pids: readonly number[]) => pids.slice(0, 1)],
    ['with npm', (pids: readonly number[]) => pids],
  ])('after a kill -9 in the middle, %s, the next one takes over', async (_, victims) => {
    const npm = slowNpm(2);
    const folder = cloneCheckout();
    const cli = join(folder, 'cli');
    const killed = launch(cli, ['--version'], { env: inFront(npm.path) });
    for (const pid of victims(await settingUp(folder))) process.kill(pid, 'SIGKILL');
    expect((await killed).code).toBe(137);
    expect(existsSync(join(folder, 'dist'))).toBe(false);
    expect(await launch(cli, ['--version'], { env: inFront(npm.path) })).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });
    expect(existsSync(join(folder, '.dist-lock'))).toBe(false);
  });

  it('after Ctrl-C, which ends with 130, the next one works', async () => {
    const npm = slowNpm(2);
    const folder = cloneCheckout();
    const screen = openTerminal(join(folder, 'cli'), ['--version'], {
      cwd: folder,
      env: inFront(npm.path),
      patienceMs: 90_000,
    });
    await screen.until(/^Installing/m);
    await settingUp(folder);
    screen.press(keys.interrupt);
    expect(await screen.ended()).toBe(130);
    expect(screen.text()).toContain('Interrupted while setting up; the next start takes it up again.');
    expect(existsSync(join(folder, '.dist-lock'))).toBe(false);
    expect(await launch(join(folder, 'cli'), ['--version'], { env: inFront(npm.path) })).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });
  });
});

const asNobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};

describeUnless(noClone, 'what it stands on is missing', () => {
  it('no Node', async () => {
    const { code, stdout, stderr } = await launch(join(cloneCheckout(), 'cli'), ['list'], {
      env: { PATH: onlyTools('find', 'readlink') },
    });
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
    expect(stderr).toBe(
      'error: Node.js was not found.\n  Install Node.js 20.19 or newer (https://nodejs.org), then run this again.\n',
    );
  });

  it.each(['18.20.8', '20.18.3', '9.11.2'])('Node %s is too old', async found => {
    const env = inFront(fakeTool('node', `echo v${found}`));
    const { code, stdout, stderr } = await launch(join(cloneCheckout(), 'cli'), ['list'], { env });
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
    expect(stderr).toBe(
      `error: Node.js ${found} is too old.\n  Install Node.js 20.19 or newer (https://nodejs.org), then run this again.\n`,
    );
  });

  it('a Node that does not start', async () => {
    const env = inFront(fakeTool('node', 'exit 127'));
    const { code, stderr } = await launch(join(cloneCheckout(), 'cli'), ['list'], { env });
    expect(code).toBe(69);
    expect(stderr).toContain('error: Node.js does not start: "node -v" failed.');
  });

  it('no npm', async () => {
    const env = { PATH: onlyTools('find', 'readlink', 'node') };
    const { code, stdout, stderr } = await launch(join(cloneCheckout(), 'cli'), ['list'], { env });
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
    expect(stderr).toContain('error: npm was not found.\n  It comes with Node.js (https://nodejs.org).');
  });

  it('npm fails: its decisive lines are shown, and what to do', async () => {
    const said = [
      'npm error code ENOTFOUND',
      'npm error network request to https://registry.invalid/yaml failed',
      'npm error A complete log of this run can be found in: /log',
    ];
    const env = inFront(
      fakeTool('npm', `printf '%s\\n' ${said.map(line => `'${line}'`).join(' ')} >&2\nexit 1`),
    );
    const folder = cloneCheckout();
    const { code, stderr } = await launch(join(folder, 'cli'), ['list'], { env });
    expect(code).toBe(69);
    expect(steps(stderr).split('\n').slice(2)).toEqual([
      'error: npm could not install the packages (ENOTFOUND).',
      '  | network request to https://registry.invalid/yaml failed',
      '  Check the network, HTTPS_PROXY and "npm config get registry", then run this again.',
      '',
    ]);
    expect(existsSync(join(folder, '.dist-lock'))).toBe(false);
  });

  it('a folder that cannot be written', async () => {
    const folder = cloneCheckout();
    if (!('uid' in asNobody)) chmodSync(folder, 0o555);
    const { code, stderr } = await launch(join(folder, 'cli'), ['list'], asNobody);
    expect(stderr).toContain(`error: The folder ${folder} cannot be written: permission is denied.`);
    expect(stderr).toContain('Copy the checkout to a folder that you can write');
    expect(code).toBe(69);
  });

  it('a broken template: exit 65, and the file is named', async () => {
    const folder = cloneWithPackages();
    writeFileSync(join(folder, 'templates', 'nvidia-platform', 'dynamo-vllm', 'job.hbs'), '{{#if name}}\n');
    const { code, stdout, stderr } = await launch(join(folder, 'cli'), ['list']);
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    expect(stderr).toMatch(/^error: The build failed: The template \S*job(\.hbs)? is broken: /m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

/** Prints the bundles whose compiled code this Node refuses, of all bundles that have some. */
const refused = `
const fs = require('fs'), vm = require('vm');
const kept = fs.readdirSync('dist').filter(name => name.endsWith('.compiled')).map(name => 'dist/' + name);
const bad = kept.filter(file => new vm.Script(fs.readFileSync(file.replace('.compiled', ''), 'latin1'), { cachedData: fs.readFileSync(file) }).cachedDataRejected);
console.log(kept.includes('dist/main.cjs.compiled'), bad.length);`;

const pretend = (found: string): string =>
  `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${found}'})`;

describeUnless(noClone, 'what npm builds by hand', () => {
  it('runs, compiled ahead for this Node, and refuses one that is too old', async () => {
    const folder = cloneWithPackages();
    const built = await launch('npm', ['run', 'prepare'], { cwd: folder });
    expect(built.code, built.stderr).toBe(0);
    expect(await launch(join(folder, 'cli'), ['--version'])).toEqual(silently(`${version}\n`));
    expect(await launch(process.execPath, ['-e', refused], { cwd: folder })).toEqual(silently('true 0\n'));
    const old = ['--import', pretend('20.18.3'), join(folder, 'dist', 'cli.cjs'), '--version'];
    expect(await launch(process.execPath, old)).toEqual({
      code: 69,
      stdout: '',
      stderr: 'error: Node.js 20.18.3 is too old; 20.19 or newer is needed.\n',
    });
  });
});
