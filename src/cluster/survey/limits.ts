/** Owns reading what bounds a namespace: quotas and limit ranges. */

import type { Labels, LimitRangeFact, QuotaFact } from '../../core/cluster-facts.ts';
import { collect, type Fold, readList } from './list.ts';
import type { Reader } from './reader.ts';

type WrittenQuota = {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly hard?: Labels;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: unknown;
  };
  readonly status?: { readonly hard?: Labels; readonly used?: Labels };
};

/** The status says what holds now; a quota that nobody counted yet has none. */
export const quotaFact = ({ metadata, spec = {}, status = {} }: WrittenQuota): QuotaFact => ({
  name: metadata.name,
  hard: status.hard ?? spec.hard ?? {},
  used: status.used ?? {},
  scoped: (spec.scopes?.length ?? 0) > 0 || spec.scopeSelector !== undefined,
});

export const readQuotas = (reader: Reader, namespace: string): Promise<readonly QuotaFact[]> =>
  readList(reader, { path: `/api/v1/namespaces/${namespace}/resourcequotas` }, collect(quotaFact));

type WrittenLimitRange = {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly max?: Labels;
      readonly min?: Labels;
      readonly default?: Labels;
      readonly defaultRequest?: Labels;
    }[];
  };
};

/** One fact for each limit: a range has one for containers, one for pods and so on. */
export const limitRanges = (): Fold<WrittenLimitRange, readonly LimitRangeFact[]> => {
  const facts: LimitRangeFact[] = [];
  return {
    add: ({ metadata, spec }) => {
      for (const { type, max = {}, min = {}, default: defaults = {}, defaultRequest = {} } of spec?.limits ??
        [])
        facts.push({ name: metadata.name, type, max, min, defaults, defaultRequests: defaultRequest });
    },
    end: () => facts,
  };
};

export const readLimitRanges = (reader: Reader, namespace: string): Promise<readonly LimitRangeFact[]> =>
  readList(reader, { path: `/api/v1/namespaces/${namespace}/limitranges` }, limitRanges);
