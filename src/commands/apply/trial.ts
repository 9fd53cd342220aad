/** The dry run of everything, and what it means for each object: write it, leave it, or end here. */

import { type DryRun, dryRun } from '../../cluster/apply.ts';
import { type Located, locate } from '../../cluster/resources.ts';
import { readOr } from '../../core/cluster-facts.ts';
import type { Finding } from '../../core/finding.ts';
import { groupOf, type Ref, refOf, refText } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { listed } from '../../core/text.ts';
import { onceSlow } from '../slow.ts';
import type { ApplyArgs } from './args.ts';
import { settleClaim } from './claims.ts';
import { blameOf, nothingApplied, refusalFindings } from './ended.ts';
import { readClaim } from './live.ts';
import { createNamespace, isNamespace } from './namespace.ts';
import type { Progress } from './progress.ts';
import { recordOf } from './record.ts';

const isClaim = ({ kind, apiVersion }: Pick<Ref, 'kind' | 'apiVersion'>): boolean =>
  kind === 'PersistentVolumeClaim' && apiVersion === 'v1';

/** The record stands in front, so that a run that was cut short is known by its answers. */
const wholeSet = ({ objects, namespace, name, settings, programVersion }: ApplyArgs): KubernetesObject[] => [
  ...(settings === null ? [] : [recordOf(name, namespace, settings, programVersion)]),
  ...objects.filter(object => !isNamespace(object, namespace)),
];

/** Claims of the survey; those of other namespaces were not surveyed. */
const settleClaims = (args: ApplyArgs, set: readonly Located[], progress: Progress): Located[] =>
  set.flatMap(located => {
    if (!isClaim(located.ref) || located.ref.namespace !== args.namespace) return [located];
    const live = readOr(args.cluster.claims)?.find(({ name }) => name === located.ref.name) ?? null;
    const settled = settleClaim(located.object, live);
    if ('apply' in settled) return [{ ...located, object: settled.apply }];
    progress.left(located.ref, settled.leave);
    return [];
  });

/** A claim that came between survey and dry run, or that was not surveyed. */
const settleLate = async (args: ApplyArgs, run: DryRun, progress: Progress): Promise<DryRun[]> => {
  const surveyed = readOr(args.cluster.claims)?.some(({ name }) => name === run.ref.name) ?? false;
  const unclear = run.exists || run.refusal?.kind === 'invalid' || run.conflict !== null;
  if (!isClaim(run.ref) || surveyed || !unclear || run.path === null) return [run];
  const live = await readClaim(args.client, run.path);
  const settled = settleClaim(run.object, live);
  if ('apply' in settled) return dryRun(args.client, [{ ...run, object: settled.apply }], { force: false });
  progress.left(run.ref, settled.leave);
  return [];
};

const notServed = (args: ApplyArgs, { ref }: DryRun): Finding => {
  const group = groupOf(ref.apiVersion);
  const versions = (readOr(args.cluster.served) ?? [])
    .filter(one => one.group === group && one.kind === ref.kind)
    .map(({ version }) => `${group}/${version}`);
  const instead = versions.length === 0 ? 'no version of it' : listed(versions);
  return {
    rule: 'kind-not-served',
    level: 'error',
    path: '',
    message: `${ref.kind} ${ref.name} is written for ${ref.apiVersion}, and the cluster serves ${instead}.`,
    hint:
      versions.length === 0
        ? `Install what brings ${ref.kind} first, or leave it out.`
        : `Render the manifest again for ${versions.at(-1)}, for example with the verb install.`,
  };
};

/** A Namespace of the set brings it, as with kubectl; nothing in it can be tried before. */
const lacksNamespace = ({ objects }: ApplyArgs, { namespaceMissing, ref }: DryRun): boolean =>
  namespaceMissing && !objects.some(object => isNamespace(object, ref.namespace ?? ''));

const namespaceLacking = ({ ref }: DryRun): Finding => ({
  rule: 'apply-namespace-missing',
  level: 'error',
  path: '',
  message: `${refText(ref)} goes to the namespace ${ref.namespace}, which does not exist.`,
  hint: `Create it: kubectl create namespace ${ref.namespace}`,
});

const isUnserved = ({ path, refusal }: DryRun): boolean => path === null || refusal?.kind === 'not-found';

/** Errors: what the refusals say, `nothing applied`. */
export const refuseRefused = (args: ApplyArgs, runs: readonly DryRun[], progress: Progress): void => {
  const unserved = runs.filter(isUnserved);
  const refused = runs.filter(run => run.refusal !== null && !isUnserved(run));
  const findings = [
    ...unserved.map(run => notServed(args, run)),
    ...runs.filter(run => lacksNamespace(args, run)).map(namespaceLacking),
    ...refused.flatMap(({ refusal, object }) =>
      refusal === null ? [] : refusalFindings(args, refusal, object),
    ),
  ];
  if (findings.length === 0) return;
  const [first] = refused.flatMap(({ refusal }) => (refusal === null ? [] : [blameOf(refusal)]));
  throw nothingApplied(unserved.length > 0 ? 'unavailable' : (first ?? 'unavailable'), findings, progress);
};

const replacedRefs = ({ replaced }: ApplyArgs, set: readonly Located[]): Ref[] =>
  set.map(({ ref }) => ref).filter(({ kind, name }) => kind === replaced?.kind && name === replaced?.name);

/**
 * Tries everything that is to be written. The namespace is made first where it is missing; nothing else is changed.
 * Errors: `refused`, `unavailable`, `forbidden` with findings; ClusterError.
 */
export const tryAll = async (args: ApplyArgs, progress: Progress): Promise<DryRun[]> => {
  const { client, namespace, cluster } = args;
  let made = readOr(cluster.namespaceState) === 'missing';
  if (made) await createNamespace(args, progress);
  const served = readOr(cluster.served) ?? [];
  const set = settleClaims(args, await locate(client, wholeSet(args), { served, namespace }), progress);
  const options = { force: false, replaced: replacedRefs(args, set) };
  const tryOut = (): Promise<DryRun[]> =>
    onceSlow(
      () => progress.tell({ kind: 'waiting', message: 'Trying it out, which changes nothing ...' }),
      dryRun(client, set, options),
    );
  let runs = await tryOut();
  if (!made && runs.some(run => run.namespaceMissing && run.ref.namespace === namespace)) {
    made = true;
    await createNamespace(args, progress);
    runs = await tryOut();
  }
  const agreed = args.objects.find(object => isNamespace(object, namespace));
  if (!made && agreed !== undefined) progress.left(refOf(agreed), 'is there already');
  const settled = (await Promise.all(runs.map(run => settleLate(args, run, progress)))).flat();
  refuseRefused(args, settled, progress);
  return settled;
};
