/** What the set-up makes of node_modules, of npm's failures and of a folder that it cannot write. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { failureText, folderFailure, SetupError } from '../../../scripts/setup/failure.mjs';
import { isInstalled, wantedPackages } from '../../../scripts/setup/installed.mjs';
import { installArguments, npmFailure, npmMissing } from '../../../scripts/setup/npm.mjs';
import { temporaryFolder } from '../../kit/checkout.ts';

const lock = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/needed': { version: '1.2.3' },
    'node_modules/tested': { version: '2.0.0', dev: true },
    'node_modules/elsewhere': { version: '3.0.0', optional: true },
  },
};

const put = (root: string, path: string, value: unknown): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(value));
};

it('a package is wanted for a run, or only for the tests; one for some platforms is not missed', () => {
  const root = temporaryFolder();
  put(root, 'package-lock.json', lock);
  expect(wantedPackages(root, false)).toEqual([['node_modules/needed', '1.2.3']]);
  expect(wantedPackages(root, true).map(([path]) => path)).toEqual([
    'node_modules/needed',
    'node_modules/tested',
  ]);
});

it('packages count as installed when npm finished, in the version asked for, and they are there', () => {
  const root = temporaryFolder();
  put(root, 'package-lock.json', lock);
  put(root, 'node_modules/needed/package.json', {});
  expect(isInstalled(root, false)).toBe(false);
  put(root, 'node_modules/.package-lock.json', { packages: { 'node_modules/needed': { version: '1.2.2' } } });
  expect(isInstalled(root, false)).toBe(false);
  put(root, 'node_modules/.package-lock.json', lock);
  expect(isInstalled(root, false)).toBe(true);
  expect(isInstalled(root, true)).toBe(false);
});

const ended = (stderr: string, more: object = {}) =>
  npmFailure({ code: 1, signal: null, stdout: '', stderr, ...more });

it('of what npm said the lines that decide are kept, and its code says what to do', () => {
  const said =
    'npm warn old\nnpm error code E404\nnpm error 404 Not Found\nnpm error\nnpm error A complete log of this run can be found in: /x\n';
  expect(failureText(ended(said))).toBe(
    'error: npm could not install the packages (E404).\n  | 404 Not Found\n  Run "npm ci" in the checkout to see all that it says.',
  );
  expect(ended('npm ERR! code SELF_SIGNED_CERT_IN_CHAIN\n').hint).toContain('NODE_EXTRA_CA_CERTS');
  expect(ended('npm error code EUSAGE\nnpm error Run "npm help ci" for more\n').lines).toEqual([]);
});

it('of an npm that says nothing known, the last lines and how it ended are shown', () => {
  expect(ended('Segmentation fault\n', { code: null, signal: 'SIGSEGV', stdout: 'a\n\n' })).toMatchObject({
    message: 'npm could not install the packages (ended by SIGSEGV).',
    lines: ['a', 'Segmentation fault'],
    code: 69,
  });
  expect(npmMissing({ code: 'EACCES' }).message).toBe('npm does not start (EACCES).');
});

it('an outer npm cannot silence the inner one, nor leave out what tests need', () => {
  expect(installArguments(true)).toContain('--include=dev');
  expect(installArguments(false)).toEqual(expect.arrayContaining(['ci', '--omit=dev', '--loglevel=warn']));
});

it.each([
  ['EROFS', 'it is on a read-only file system'],
  ['ENOSPC', 'the disk is full'],
  ['EACCES', 'permission is denied'],
])('%s is a failure of the folder', (code, cause) => {
  const failure = folderFailure('/somewhere', Object.assign(new Error('x'), { code }));
  expect(failure).toBeInstanceOf(SetupError);
  expect(failure).toMatchObject({ message: `The folder /somewhere cannot be written: ${cause}.`, code: 69 });
});

it('other errors stay what they are', () => {
  const error = Object.assign(new Error('x'), { code: 'EMFILE' });
  expect(folderFailure('/somewhere', error)).toBe(error);
});
