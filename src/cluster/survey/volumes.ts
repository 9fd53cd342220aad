/** Owns reading the volumes that claims are bound to: who serves them and where they can be mounted. */

import type { ClaimFact, Labels, VolumeFact } from '../../core/cluster-facts.ts';
import type { Reader } from './reader.ts';
import { nullIfMissing } from './reading.ts';

type Expression = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

type Term = { readonly matchExpressions?: readonly Expression[] };

type WrittenVolume = {
  readonly metadata: { readonly name: string; readonly annotations?: Labels };
  readonly spec?: {
    readonly csi?: { readonly driver: string };
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly Term[] } };
  };
};

/** The usual label, the one before it and those of drivers, such as topology.ebs.csi.aws.com/zone. */
const isZone = (key: string): boolean => key.endsWith('/zone');

const isHost = (key: string): boolean => key === 'kubernetes.io/hostname';

const valuesIn = (term: Term, wanted: (key: string) => boolean): readonly string[] => {
  const found = term.matchExpressions?.find(({ key, operator }) => operator === 'In' && wanted(key));
  return found?.values?.filter(value => value !== '') ?? [];
};

/** A node has to match one of the terms: a single term that does not ask allows everything. */
const allowed = (terms: readonly Term[], wanted: (key: string) => boolean): string[] => {
  const values = terms.map(term => valuesIn(term, wanted));
  return values.some(({ length }) => length === 0) ? [] : [...new Set(values.flat())];
};

export const volumeFact = ({ metadata, spec = {} }: WrittenVolume): VolumeFact => {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return {
    name: metadata.name,
    zones: allowed(terms, isZone),
    nodes: allowed(terms, isHost),
    driver: spec.csi?.driver ?? metadata.annotations?.['pv.kubernetes.io/provisioned-by'] ?? '',
  };
};

/** More claims than that in one namespace are hardly all model caches. */
const most = 8;

const ownLabel = 'app.kubernetes.io/managed-by';

/** The volumes to ask for: of the program's own claims first, then of those that many nodes can share. */
export const boundVolumes = (claims: readonly ClaimFact[]): string[] => {
  const rank = ({ labels, accessModes }: ClaimFact): number => {
    if (labels[ownLabel] === 'dynamo-installer') return 0;
    return accessModes.includes('ReadWriteMany') ? 1 : 2;
  };
  return claims
    .filter(({ phase, volume }) => phase === 'Bound' && volume !== null)
    .toSorted((one, other) => rank(one) - rank(other))
    .flatMap(({ volume }) => volume ?? [])
    .slice(0, most);
};

/** Null when the volume is gone. */
export const readVolume = async (reader: Reader, name: string): Promise<VolumeFact | null> => {
  const found = await nullIfMissing(reader.get<WrittenVolume>({ path: `/api/v1/persistentvolumes/${name}` }));
  return found && volumeFact(found);
};
