/** Owns recording Event objects as the kubelet and the controllers do. */

import type { Api, KubeObject } from './client.ts';

/** What happened to an object. */
export type Happening = {
  readonly about: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The component that says it, such as `kubelet`. */
  readonly source: string;
  readonly count?: number;
  /** The node on which it happened, for the kubelet's events. */
  readonly host?: string;
};

let serial = 0;

/** Writes the event; one that cannot be written (its namespace is going) is dropped, as the real recorders do. */
export async function recordEvent(api: Api, happening: Happening): Promise<void> {
  const { about } = happening;
  const namespace = about.metadata.namespace ?? 'default';
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  serial += 1;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      namespace,
      name: `${about.metadata.name}.${Date.now().toString(16)}${serial.toString(16)}`,
    },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name: about.metadata.name,
      ...(about.metadata.namespace && { namespace: about.metadata.namespace }),
      uid: about.metadata.uid,
      resourceVersion: about.metadata.resourceVersion,
    },
    type: happening.type,
    reason: happening.reason,
    message: happening.message,
    source: {
      component: happening.source,
      ...(happening.host && { host: happening.host }),
    },
    reportingComponent: happening.source,
    firstTimestamp: now,
    lastTimestamp: now,
    count: happening.count ?? 1,
  };
  try {
    await api.send('POST', `/api/v1/namespaces/${namespace}/events`, event);
  } catch {
    // Events are best effort everywhere in Kubernetes.
  }
}
