/** Sentences for credentials that could not be had, before anything was sent. */

import { basename } from 'node:path';
import { joinWords } from '../core/words.ts';
import type { Chosen } from './context.ts';
import { ClusterError } from './refusal.ts';
import { pluginOf } from './users.ts';

/** How the makers of the usual plugins let people log in again. */
const logins: Readonly<Record<string, string>> = {
  aws: '`aws sso login` (or `aws configure`; `aws sts get-caller-identity` shows who you are)',
  'aws-iam-authenticator': '`aws sso login` (or `aws configure`)',
  'gke-gcloud-auth-plugin': '`gcloud auth login`',
  kubelogin: '`az login`',
};

const pluginName = (command: string): string => basename(command).replace(/\.(?:exe|cmd)$/, '');

/** What looks like a token or key has no place in a message. */
const withoutSecrets = (text: string): string =>
  text
    .replace(/\beyJ[\w-]+(?:\.[\w-]*)*/g, '***')
    .replace(/\b(token|password|secret|key)(["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1$2***')
    .replace(/(?<![\w/])[\w+=-]{40,}/g, '***');

const longest = 300;

/** Some end with advice over several lines, such as gcloud; what went wrong stands above it. */
const telling =
  /\b(?:error|denied|expired|fail|invalid|unable|unauthori[sz]ed|not found|no such|cannot|could not|couldn't)/i;

const tellingLine = (text: string): string => {
  const lines = text.trim().split(/\r?\n/);
  const line = lines.findLast(one => telling.test(one)) ?? lines.at(-1) ?? '';
  return withoutSecrets(line.trim()).slice(0, longest);
};

/** A list of files has no flag; where there is one file that kubectl would not find by itself, it is named. */
const kubectlTo = ({ target: { context, files } }: Chosen): string => {
  const [file = '', ...more] = files;
  const named = more.length === 0 && file !== '' && !/[\\/]\.kube[\\/]config$/.test(file);
  return joinWords(['kubectl', ...(named ? ['--kubeconfig', file] : []), '--context', context ?? '']);
};

type Failure = { readonly code?: string; readonly path?: string; readonly message: string };

const pluginFailed = (failure: Failure, error: unknown, chosen: Chosen): ClusterError => {
  const plugin = pluginOf(chosen.user);
  const command = plugin?.command ?? '';
  const name = pluginName(command);
  const subject = `The credential plugin ${name} of the user ${chosen.user.name}`;
  if (failure.code === 'ENOENT')
    return new ClusterError('credentials', `${subject} was not found: ${command} is not on the PATH.`, {
      hint:
        plugin?.installHint?.trim().split('\n')[0] ||
        `Install ${name}, or choose another context with --context.`,
    });
  if (failure.code !== undefined)
    return new ClusterError('credentials', `${subject} could not be started (${failure.code}).`, {
      hint: `Check that ${command} is a program that you may run.`,
    });
  const kubectl = `\`${kubectlTo(chosen)} get --raw /version\` shows all that it says`;
  const login = logins[name];
  const hint = login ? `Log in with ${login}; ${kubectl}.` : `Log in again; ${kubectl}.`;
  // No JSON, or JSON without a status.
  if (error instanceof SyntaxError || error instanceof TypeError)
    return new ClusterError('credentials', `${subject} printed something that is no credential.`, { hint });
  const said = tellingLine(failure.message);
  return new ClusterError('credentials', `${subject} failed${said && `: ${said}`}`, { hint });
};

/** `error` is what client-node threw when it was to find out how to log in. */
export const credentialsFailed = (error: unknown, chosen: Chosen, signal: AbortSignal): ClusterError => {
  if (signal.aborted) return new ClusterError('interrupted', 'Interrupted.');
  const failure = error as Failure;
  const plugin = pluginOf(chosen.user);
  // With a path it is a file of the kubeconfig, unless the path is the plugin's own.
  if (plugin !== null && (failure.path === undefined || failure.path === plugin.command))
    return pluginFailed(failure, error, chosen);
  const where = chosen.target.files.join(', ') || 'the pod';
  if (failure.path !== undefined)
    return new ClusterError(
      'credentials',
      `The file ${failure.path} that ${where} names for its credentials cannot be read (${failure.code}).`,
      {
        hint: 'Write the kubeconfig anew (for EKS: `aws eks update-kubeconfig --name <cluster>`), or choose another context with --context.',
      },
    );
  return new ClusterError(
    'credentials',
    `The credentials of the user ${chosen.user.name} in ${where} cannot be used: ${tellingLine(failure.message)}`,
    { hint: 'Log in again, or choose another context with --context.' },
  );
};
