/** Who holds a lease, and whether that program still runs. */

export type LeaseObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string; readonly time?: string }[];
  };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
};

export type Asker = {
  /** `user@host/pid`. */
  readonly holder: string;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** Clocks of two machines are taken to differ by no more than this. */
const clockSkewMs = 120_000;

const parts = (holder: string): { readonly place: string; readonly pid: number } => {
  const at = holder.lastIndexOf('/');
  return { place: holder.slice(0, at), pid: Number(holder.slice(at + 1)) };
};

/** Milliseconds since 1970 at which it runs out; 0 when it does not say. */
const expiryOf = ({ spec }: LeaseObject): number => {
  const renewed = Date.parse(spec?.renewTime ?? '');
  return Number.isNaN(renewed) ? 0 : renewed + (spec?.leaseDurationSeconds ?? 0) * 1000;
};

/**
 * `free` may be taken over at once, `held` is held by a program that runs.
 * `doubtful`: only the next renewal, or that none comes, tells, because another machine's clock is not ours.
 */
export const judge = (lease: LeaseObject, asker: Asker): 'free' | 'held' | 'doubtful' => {
  const identity = lease.spec?.holderIdentity ?? '';
  if (identity === '' || identity === asker.holder) return 'free';
  const expiry = expiryOf(lease);
  const other = parts(identity);
  if (other.place === parts(asker.holder).place)
    return expiry >= asker.now && asker.isAlive(other.pid) ? 'held' : 'free';
  return expiry + clockSkewMs < asker.now ? 'free' : 'doubtful';
};

/** `ann@laptop (process 4711) since 2026-11-21 15:58:00 UTC`. */
export const holderText = ({ spec }: LeaseObject): string => {
  const { place, pid } = parts(spec?.holderIdentity ?? '');
  const since = spec?.acquireTime ?? spec?.renewTime;
  const when = since === undefined ? '' : ` since ${since.slice(0, 19).replace('T', ' ')} UTC`;
  const who = Number.isInteger(pid) && place !== '' ? `${place} (process ${pid})` : spec?.holderIdentity;
  return `${who ?? 'somebody'}${when}`;
};
