/** Owns finding the programs of the control plane: given by KUBEBUILDER_ASSETS, kept in the cache, or built once with Go. */

import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWithGo, findGo, type GoTarget } from './goBuild.ts';
import { withLock } from './lock.ts';

/** Paths of the five programs, by name. */
export type Binaries = { readonly [name in ProgramName]: string };
export type ProgramName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

/** The Kubernetes minors that can be started, newest first; the patch release is pinned in test/kit/go. */
export const KUBERNETES_MINORS: readonly string[] = ['1.36', '1.30'];

const KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const REPOSITORY = findRepository();

/** Why the control plane cannot be had here, and what to do about it. */
export class CannotBuild extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'CannotBuild';
    this.remedy = remedy;
  }
}

/** Returns the programs for one Kubernetes minor, building what is missing; `say` gets a line of progress at a time. */
export async function ensureBinaries(minor: string, say: (line: string) => void): Promise<Binaries> {
  if (!KUBERNETES_MINORS.includes(minor)) {
    throw new CannotBuild(
      `There is no Kubernetes ${minor} here.`,
      `Use one of ${KUBERNETES_MINORS.join(', ')}.`,
    );
  }
  const found: Partial<Record<ProgramName, string>> = fromAssets(process.env.KUBEBUILDER_ASSETS);
  const wanted = modulesOf(minor).map(target => ({
    ...target,
    programs: target.programs.filter(p => !found[p.name as ProgramName]),
  }));
  for (const target of wanted.filter(each => each.programs.length > 0)) {
    const folder = await ensureBuilt(target, say);
    for (const program of target.programs) found[program.name as ProgramName] = join(folder, program.name);
  }
  return found as Binaries;
}

/** Whether everything for this minor is there already, or can be built: `undefined`, or the reason and the remedy. */
export function whyNoBinaries(minor: string = KUBERNETES_MINORS[0] ?? ''): CannotBuild | undefined {
  const unknown = whyUnknown(minor);
  if (unknown) return unknown;
  const found = fromAssets(process.env.KUBEBUILDER_ASSETS);
  const missing = modulesOf(minor).filter(
    target => !target.programs.every(p => found[p.name as ProgramName]) && !isBuilt(folderOf(target), target),
  );
  return missing.length === 0 || findGo() ? undefined : noGo(missing);
}

function whyUnknown(minor: string): CannotBuild | undefined {
  if (KUBERNETES_MINORS.includes(minor)) return undefined;
  return new CannotBuild(
    `There is no Kubernetes ${minor} here.`,
    `Use one of ${KUBERNETES_MINORS.join(', ')}.`,
  );
}

/** Where built programs and environments are kept: `.cache` of the checkout. */
export function cacheRoot(): string {
  return join(REPOSITORY, '.cache');
}

/** The root of the checkout, found from this file or, when it is bundled, from the working directory. */
export function repositoryRoot(): string {
  return REPOSITORY;
}

function findRepository(): string {
  const starts = [fileURLToPath(new URL('.', import.meta.url)), process.cwd()];
  for (const start of starts) {
    for (let at = resolve(start); at !== resolve(at, '..'); at = resolve(at, '..')) {
      if (existsSync(join(at, 'test', 'kit', 'go', 'etcd', 'go.mod'))) return at;
    }
  }
  return process.cwd();
}

function modulesOf(minor: string): GoTarget[] {
  const go = join(REPOSITORY, 'test', 'kit', 'go');
  const version = 'k8s.io/component-base/version';
  const [major, minorNumber] = minor.split('.');
  const patch = pinned(join(go, `kubernetes-${minor}`, 'go.mod'), 'k8s.io/kubernetes') ?? `v${minor}.0`;
  return [
    {
      folder: join(go, 'etcd'),
      programs: [{ name: 'etcd', package: 'go.etcd.io/etcd/server/v3' }],
      ldflags: '-s -w',
    },
    {
      folder: join(go, 'kwok'),
      programs: [{ name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' }],
      ldflags: '-s -w',
    },
    {
      folder: join(go, `kubernetes-${minor}`),
      programs: KUBERNETES.map(name => ({
        name,
        package: `k8s.io/kubernetes/cmd/${name}`,
      })),
      ldflags: `-s -w -X ${version}.gitVersion=${patch} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minorNumber}`,
    },
  ];
}

function pinned(file: string, module: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return new RegExp(`${module.replaceAll('.', '\\.')} (v\\S+)`).exec(readFileSync(file, 'utf8'))?.[1];
}

function fromAssets(folder: string | undefined): Partial<Record<ProgramName, string>> {
  const names: ProgramName[] = ['etcd', ...KUBERNETES, 'kwok'];
  if (!folder) return {};
  return Object.fromEntries(
    names.map(name => [name, join(folder, name)] as const).filter(([, path]) => canRun(path)),
  );
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function folderOf(target: GoTarget): string {
  const files = ['go.mod', 'go.sum'].map(name => readFileSync(join(target.folder, name)));
  const hash = createHash('sha256')
    .update(Buffer.concat(files))
    .update(target.ldflags)
    .digest('hex')
    .slice(0, 12);
  return join(cacheRoot(), 'cluster', `${target.folder.split(/[\\/]/).pop()}-${hash}`);
}

function isBuilt(folder: string, target: GoTarget): boolean {
  return target.programs.every(program => canRun(join(folder, program.name)));
}

async function ensureBuilt(target: GoTarget, say: (line: string) => void): Promise<string> {
  const folder = folderOf(target);
  if (isBuilt(folder, target)) return folder;
  mkdirSync(join(cacheRoot(), 'cluster'), { recursive: true });
  return withLock(`${folder}.lock`, say, async () => {
    if (!isBuilt(folder, target)) await build(target, folder, say);
    return folder;
  });
}

async function build(target: GoTarget, folder: string, say: (line: string) => void): Promise<void> {
  const go = findGo();
  if (!go) throw noGo([target]);
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  await buildWithGo(go, target, fresh, say);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(folder, name));
  rmSync(fresh, { recursive: true, force: true });
}

function noGo(targets: readonly GoTarget[]): CannotBuild {
  const names = targets.flatMap(target => target.programs.map(program => program.name)).join(', ');
  return new CannotBuild(
    `Go was not found, and ${names} must be built with it once.`,
    `Install Go (https://go.dev/dl) so that "go" is on the PATH, or set KUBEBUILDER_ASSETS to a folder that holds ${names}.`,
  );
}
