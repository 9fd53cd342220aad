/** Owns naming any object's place in the API and writing objects there, whatever their kind. */

import { type Api, ApiProblem, type KubeObject } from './client.ts';

type Resource = { readonly plural: string; readonly namespaced: boolean };

/** Reads and writes objects of every kind the server knows. */
export type Objects = {
  /** The path of the object itself, or of its collection when it has no name. */
  path(
    object: Pick<KubeObject, 'apiVersion' | 'kind'> & {
      metadata?: Partial<KubeObject['metadata']>;
    },
  ): Promise<string>;
  /** Server-side apply; `manager` is the field manager. */
  apply(object: KubeObject, manager?: string): Promise<KubeObject>;
  create(object: KubeObject): Promise<KubeObject>;
  /** Merges into the status subresource. */
  mergeStatus(object: KubeObject, status: unknown): Promise<KubeObject>;
  /** Merges into the metadata; a resourceVersion in it makes a stale write fail. */
  mergeMetadata(object: KubeObject, metadata: unknown): Promise<KubeObject>;
  /** Deletes; an object that is not there is no error. */
  remove(object: KubeObject): Promise<void>;
  /** The object, or `undefined` when it is not there. */
  read(object: KubeObject): Promise<KubeObject | undefined>;
};

/** Looks kinds up at the server when they are first used. */
export function createObjects(api: Api): Objects {
  const known = new Map<string, Resource>();
  const path: Objects['path'] = async object => {
    const resource = await lookUp(api, known, object.apiVersion, object.kind);
    const root = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    const space =
      resource.namespaced && object.metadata?.namespace ? `/namespaces/${object.metadata.namespace}` : '';
    const name = object.metadata?.name ? `/${encodeURIComponent(object.metadata.name)}` : '';
    return `${root}${space}/${resource.plural}${name}`;
  };
  return {
    path,
    async apply(object, manager = 'rehearsal-kit') {
      const query = `?fieldManager=${manager}&force=true`;
      return api.send('PATCH', (await path(object)) + query, object, 'application/apply-patch+yaml');
    },
    async create(object) {
      return api.send('POST', await path({ ...object, metadata: { ...object.metadata, name: '' } }), object);
    },
    async mergeStatus(object, status) {
      return api.send('PATCH', `${await path(object)}/status`, { status }, 'application/merge-patch+json');
    },
    async mergeMetadata(object, metadata) {
      return api.send('PATCH', await path(object), { metadata }, 'application/merge-patch+json');
    },
    async remove(object) {
      await ignoreMissing(api.send('DELETE', await path(object)));
    },
    async read(object) {
      return ignoreMissing(api.send('GET', await path(object)));
    },
  };
}

/** Turns "not found" into `undefined`; other errors pass. */
export async function ignoreMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 404) return undefined;
    throw error;
  }
}

async function lookUp(
  api: Api,
  known: Map<string, Resource>,
  apiVersion: string,
  kind: string,
): Promise<Resource> {
  const key = `${apiVersion}/${kind}`;
  if (!known.has(key)) {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = await api.send('GET', root);
    for (const each of (list.resources ?? []) as {
      kind: string;
      name: string;
      namespaced: boolean;
    }[]) {
      if (each.name.includes('/')) continue;
      known.set(`${apiVersion}/${each.kind}`, {
        plural: each.name,
        namespaced: each.namespaced,
      });
    }
  }
  const found = known.get(key);
  if (!found) throw new Error(`The API server does not know ${kind} in ${apiVersion}.`);
  return found;
}
