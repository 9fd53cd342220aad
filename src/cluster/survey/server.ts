/** Owns reading the version of the API server, the namespace and what the user may do in it. */

import type { AccessFact } from '../../core/cluster-facts.ts';
import type { Reader } from './reader.ts';
import { nullIfMissing } from './reading.ts';

export const readVersion = async (reader: Reader): Promise<string> =>
  (await reader.get<{ gitVersion: string }>({ path: '/version' })).gitVersion;

export type NamespaceState = 'active' | 'terminating' | 'missing';

export const readNamespace = async (reader: Reader, namespace: string): Promise<NamespaceState> => {
  const found = await nullIfMissing(
    reader.get<{ status?: { phase?: string } }>({ path: `/api/v1/namespaces/${namespace}` }),
  );
  if (found === null) return 'missing';
  return found.status?.phase === 'Terminating' ? 'terminating' : 'active';
};

type Review = {
  readonly status?: {
    readonly resourceRules?: readonly {
      readonly verbs?: readonly string[];
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
    readonly incomplete?: boolean;
  };
};

export const accessFact = ({ status = {} }: Review): AccessFact => ({
  rules: (status.resourceRules ?? []).map(
    ({ verbs = [], apiGroups = [], resources = [], resourceNames = [] }) => ({
      verbs,
      groups: apiGroups,
      resources,
      names: resourceNames,
    }),
  ),
  incomplete: status.incomplete === true,
});

/** Asks for every right at once; everybody may ask that. */
export const readAccess = async (reader: Reader, namespace: string): Promise<AccessFact> => {
  const apiVersion = 'authorization.k8s.io/v1';
  const review = { apiVersion, kind: 'SelfSubjectRulesReview', spec: { namespace } };
  return accessFact(await reader.post<Review>(`/apis/${apiVersion}/selfsubjectrulesreviews`, review));
};
