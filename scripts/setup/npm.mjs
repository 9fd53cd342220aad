// What npm is asked to do, and what its failures mean.

import { environment, SetupError } from './failure.mjs';

/** Our own build follows, so no package's scripts and not our own "prepare" are run. */
const quiet = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--no-progress',
  '--loglevel=warn',
];

/** @param {boolean} all with what only the tests need */
export const installArguments = all => ['ci', all ? '--include=dev' : '--omit=dev', ...quiet];

const network = 'Check the network, HTTPS_PROXY and "npm config get registry", then run this again.';
const certificate =
  'Name the file of your certificate authority in NODE_EXTRA_CA_CERTS, then run this again.';
const folder = 'Make the folder writable, or copy the checkout to one that is, then run this again.';

const hints = {
  ENOTFOUND: network,
  EAI_AGAIN: network,
  ECONNREFUSED: network,
  ECONNRESET: network,
  ETIMEDOUT: network,
  ERR_SOCKET_TIMEOUT: network,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  EUSAGE: 'Take package.json and package-lock.json from one commit, then run this again.',
  E401: 'The registry wants you to log in: npm login, then run this again.',
  E403: 'The registry refuses you: check "npm config get registry", then run this again.',
  ENOSPC: 'Free some space on the disk, then run this again.',
  EACCES: folder,
  EPERM: folder,
  EROFS: folder,
};

const noise =
  /^(A complete log of this run|Log files were not written|Run "npm help|Usage:|Options:|Clean install a project|npm ci$)/;

const errorLines = text =>
  text
    .split('\n')
    .map(line => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1]?.trim() ?? '')
    .filter(line => line !== '' && !noise.test(line));

const lastLines = text =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-5);

/**
 * @param {{ code: number | null, signal: string | null, stderr: string, stdout: string }} ended how npm ended
 * @returns {SetupError}
 */
export const npmFailure = ({ code, signal, stderr, stdout }) => {
  const said = errorLines(stderr);
  const name = said.map(line => /^code (\S+)$/.exec(line)?.[1]).find(found => found !== undefined);
  const how = name ?? (signal === null ? `exit code ${code}` : `ended by ${signal}`);
  return new SetupError(`npm could not install the packages (${how}).`, {
    lines:
      said.length > 0
        ? said.filter(line => !line.startsWith('code ')).slice(0, 5)
        : lastLines(`${stdout}\n${stderr}`),
    hint: hints[name] ?? 'Run "npm ci" in the checkout to see all that it says.',
    code: environment,
  });
};

/** Why npm did not even start. */
export const npmMissing = error =>
  new SetupError(
    error.code === 'ENOENT' ? 'npm was not found.' : `npm does not start (${error.code ?? error.message}).`,
    {
      hint: 'It comes with Node.js (https://nodejs.org). Install it, or put it on the PATH, then run this again.',
    },
  );
