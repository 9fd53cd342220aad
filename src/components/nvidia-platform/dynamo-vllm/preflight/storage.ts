/** What is known of storage drivers, by the name of a class's provisioner. */

import type { ClusterFacts, StorageClassFact } from '../../../../core/cluster-facts.ts';
import { readOr } from '../../../../core/cluster-facts.ts';

/** Block storage: one node at a time, by the drivers' own documentation. */
const oneNodeOnly: readonly string[] = [
  'ebs.csi.aws.com',
  'ebs.csi.eks.amazonaws.com',
  'kubernetes.io/aws-ebs',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'rancher.io/local-path',
  'topolvm.io',
  'local.csi.openebs.io',
];

/** File systems that grow by themselves: the size of a claim is only written down. */
const elastic: readonly string[] = ['efs.csi.aws.com', 'nfs.csi.k8s.io'];

export const cannotShare = (provisioner: string): boolean => oneNodeOnly.includes(provisioner);
export const isElastic = (driver: string): boolean =>
  elastic.includes(driver) || driver.includes('nfs-subdir-external-provisioner');

export const classNamed = (cluster: ClusterFacts, name: string | null): StorageClassFact | null =>
  readOr(cluster.storageClasses)?.find(one => one.name === name) ?? null;

/** The class that a claim without one gets; null when there is none. */
export const defaultClass = (cluster: ClusterFacts): StorageClassFact | null =>
  readOr(cluster.storageClasses)?.find(one => one.isDefault) ?? null;

export const classNames = (cluster: ClusterFacts): string[] =>
  readOr(cluster.storageClasses)?.map(({ name }) => name) ?? [];
