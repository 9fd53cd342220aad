/** Owns what each played storage driver can do. */

/** How a driver makes volumes. */
export type Driver = {
  /** Access modes it has; others are refused. */
  readonly modes: readonly string[];
  /** Where a volume can be used: anywhere, in the zone or on the node of the first pod. */
  readonly reach: 'anywhere' | 'zone' | 'node';
};

/** Drivers by provisioner name; a class of any other provisioner never binds. */
export const DRIVERS: Readonly<Record<string, Driver>> = {
  'ebs.csi.aws.com': {
    modes: ['ReadWriteOnce', 'ReadWriteOncePod'],
    reach: 'zone',
  },
  'efs.csi.aws.com': {
    modes: ['ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany'],
    reach: 'anywhere',
  },
  'rancher.io/local-path': {
    modes: ['ReadWriteOnce', 'ReadWriteOncePod'],
    reach: 'node',
  },
  'nfs.csi.k8s.io': {
    modes: ['ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany'],
    reach: 'anywhere',
  },
};
