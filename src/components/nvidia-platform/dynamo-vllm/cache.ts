/** Where the model is kept: the claim, its access mode and size, and what the pods that mount it must share. */

import type { Claim, Facts } from '../../../core/component.ts';
import type { Finding } from '../../../core/finding.ts';
import { gibibytes, parseQuantity } from '../../../core/quantity.ts';
import { weightsGiB } from './fit/catalogue.ts';
import { managedBy } from './labels.ts';
import type { ModelCache } from './plan.ts';
import type { Settings } from './settings.ts';

const defaultClaim = 'dynamo-model-cache';
const mountPath = '/opt/models';

type AccessMode = ModelCache['accessMode'];

/** Storage drivers by what a volume of theirs can be; from the drivers' own documentation. */
const manyWriters: readonly string[] = [
  'efs.csi.aws.com',
  'fsx.csi.aws.com',
  'filestore.csi.storage.gke.io',
  'file.csi.azure.com',
  'nfs.csi.k8s.io',
  'lustre.csi.storage.gke.io',
  'cephfs.csi.ceph.com',
  'rook-ceph.cephfs.csi.ceph.com',
  'csi.weka.io',
  'csi.vastdata.com',
  'beegfs.csi.netapp.com',
  'openshift-storage.cephfs.csi.ceph.com',
];

const modeOfClass = (provisioner: string): AccessMode =>
  manyWriters.includes(provisioner) ? 'ReadWriteMany' : 'ReadWriteOnce';

type Choice = {
  readonly accessMode: AccessMode;
  readonly storageClass: string | null;
  readonly why: 'said' | 'claim' | 'class' | 'driver' | 'unread';
};

const existing = (claim: string, facts: Facts): AccessMode | undefined => {
  const modes = facts.claims?.find(found => found.name === claim)?.accessModes;
  if (modes === undefined) return undefined;
  return modes.includes('ReadWriteMany') ? 'ReadWriteMany' : 'ReadWriteOnce';
};

const fromClasses = (settings: Settings, facts: Facts): Choice => {
  const classes = facts.storageClasses ?? [];
  const asked = classes.find(one => one.name === settings.storageClass);
  if (asked !== undefined)
    return { accessMode: modeOfClass(asked.provisioner), storageClass: asked.name, why: 'class' };
  const shared = classes.find(one => manyWriters.includes(one.provisioner));
  // A class that was named and is not there stays named: the checks before a deployment tell of it.
  if (shared !== undefined && settings.storageClass === null)
    return { accessMode: 'ReadWriteMany', storageClass: shared.name, why: 'driver' };
  return { accessMode: 'ReadWriteOnce', storageClass: settings.storageClass, why: 'driver' };
};

const choose = (settings: Settings, claim: string, facts: Facts): Choice => {
  const { storageClass } = settings;
  const found = existing(claim, facts);
  if (found !== undefined) return { accessMode: found, storageClass, why: 'claim' };
  if (settings.modelCacheAccessMode !== null)
    return { accessMode: settings.modelCacheAccessMode, storageClass, why: 'said' };
  if (facts.storageClasses === null) return { accessMode: 'ReadWriteMany', storageClass, why: 'unread' };
  return fromClasses(settings, facts);
};

/** A run that looked at the cluster may not have been allowed to see these. */
const assumedFinding = ({ isLive }: Facts): Finding => ({
  rule: 'cache-access-mode-assumed',
  level: 'info',
  path: 'modelCacheAccessMode',
  message: `${isLive === true ? 'The storage classes could not be read' : 'The cluster was not looked at'}, so the model cache asks for ReadWriteMany.`,
  hint: 'If no storage class there can do that, add --model-cache-access-mode ReadWriteOnce: all pods are then held on one node.',
});

/** Room for a second model of the same size, at least 100 GiB. In GiB, as are the weights. */
export const cacheGiBFor = (weights: number): number => Math.max(100, Math.ceil((weights * 2.1) / 50) * 50);

const assumedSize = '500Gi';

const sizeFinding = (model: string): Finding => ({
  rule: 'cache-size-assumed',
  level: 'info',
  path: 'modelCacheSize',
  message: `The size of ${model} is not known offline, so the model cache asks for ${assumedSize}.`,
  hint: 'Say it with --model-cache-size, about twice the size of the weights.',
});

export type Cached = { readonly cache: ModelCache | null; readonly findings: readonly Finding[] };

const claimNamed = (claim: string, facts: Facts): Claim | undefined =>
  facts.claims?.find(found => found.name === claim);

/** A claim that stands there without our label is somebody else's: it is used, never changed. */
const isForeign = (claim: string, facts: Facts): boolean => {
  const found = claimNamed(claim, facts);
  return found !== undefined && found.labels['app.kubernetes.io/managed-by'] !== managedBy;
};

/** Exact from the Hub, else from the table that ships with the program; undefined when neither knows. */
const weightsOf = (settings: Settings, facts: Facts): number | undefined => {
  const { model } = facts;
  if (model !== null && model.weightsBytes !== null && model.id === settings.model)
    return model.weightsBytes / 2 ** 30;
  return weightsGiB(settings.model);
};

/** A claim may only grow, and other deployments may share it: what is there stays unless more was asked for. */
const grown = (wanted: string | null, there: string | null | undefined): string | null => {
  if (there === null || there === undefined) return wanted;
  if (wanted === null) return there;
  return (parseQuantity(wanted) ?? 0) > (parseQuantity(there) ?? 0) ? wanted : there;
};

type Sized = { readonly size: string; readonly assumed: boolean };

const sizeOf = (settings: Settings, facts: Facts, there: Claim | undefined): Sized => {
  const weights = weightsOf(settings, facts);
  const said = grown(settings.modelCacheSize, there?.size);
  if (said !== null) return { size: said, assumed: false };
  return weights === undefined
    ? { size: assumedSize, assumed: there === undefined }
    : { size: gibibytes(cacheGiBFor(weights)), assumed: false };
};

export const planCache = (settings: Settings, facts: Facts): Cached => {
  if (settings.modelCache === 'none') return { cache: null, findings: [] };
  const named = settings.modelCache.startsWith('claim:');
  const claim = named ? settings.modelCache.slice('claim:'.length) : defaultClaim;
  const create = !named && !isForeign(claim, facts);
  const choice = choose(settings, claim, facts);
  const there = claimNamed(claim, facts);
  const { size, assumed } = sizeOf(settings, facts, there);
  const cache: ModelCache = {
    claim,
    create,
    size: create ? size : null,
    storageClass: create ? (there?.storageClass ?? choice.storageClass) : null,
    accessMode: choice.accessMode,
    mountPath,
  };
  const findings = choice.why === 'unread' ? [assumedFinding(facts)] : [];
  return { cache, findings: create && assumed ? [...findings, sizeFinding(settings.model)] : findings };
};
