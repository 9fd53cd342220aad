/** Owns the stand-in's webhooks: admission, defaulting and conversion, over TLS on loopback. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { KubeObject } from '../api/client.ts';
import type { Authority } from '../control/certificates.ts';
import { portOf } from '../control/ports.ts';
import { convert } from './conversion.ts';
import type { Traits } from './release.ts';
import { denial } from './rules.ts';

/** Where the API server finds the webhooks. */
export type Webhooks = { readonly url: string; readonly ca: string; stop(): Promise<void> };

type AdmissionRequest = { uid: string; operation: string; object?: KubeObject; oldObject?: KubeObject };
type ConversionRequest = { uid: string; desiredAPIVersion: string; objects: KubeObject[] };

/** Starts the webhooks of one release; `warnings` are said of every deployment besides those of the release. */
export async function startWebhooks(
  authority: Authority,
  traits: Traits,
  warnings: readonly string[] = [],
): Promise<Webhooks> {
  const pair = authority.issue({ name: 'dynamo-operator-stand-in', hosts: ['127.0.0.1', 'localhost'] });
  const server = createServer({ cert: pair.cert, key: pair.key }, (request, response) => {
    // The API server gives up a call when whoever asked it has gone.
    serve(request, response, traits, warnings).catch(() => response.destroy());
  });
  // The API server keeps its connections; one that is closed after Node's usual five seconds fails the call that is just sent.
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `https://127.0.0.1:${portOf(server)}`, ca: authority.cert, stop: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise(resolve => {
    server.close(() => resolve());
  });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  traits: Traits,
  warnings: readonly string[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as KubeObject;
  const answer = answerTo(request.url ?? '', review, traits, warnings);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: answer }));
}

function answerTo(
  path: string,
  review: KubeObject,
  traits: Traits,
  warnings: readonly string[],
): Record<string, unknown> {
  if (path.startsWith('/convert')) return converted(review.request as ConversionRequest);
  const request = review.request as AdmissionRequest;
  return path.startsWith('/mutate') ? defaulted(request, traits) : admitted(request, traits, warnings);
}

function converted(request: ConversionRequest): Record<string, unknown> {
  const base = { uid: request.uid };
  try {
    const convertedObjects = request.objects.map(object => convert(object, request.desiredAPIVersion));
    return { ...base, convertedObjects, result: { status: 'Success' } };
  } catch (error) {
    return { ...base, result: { status: 'Failure', message: String(error) } };
  }
}

function admitted(
  request: AdmissionRequest,
  traits: Traits,
  more: readonly string[],
): Record<string, unknown> {
  const { uid, operation, object, oldObject } = request;
  if (operation === 'DELETE' || !object) return { uid, allowed: true };
  const message = denial(object, oldObject ?? undefined, traits);
  if (message === undefined)
    return { uid, allowed: true, warnings: [...warningsFor(object, traits), ...more] };
  const code = traits.listsErrors ? 422 : 403;
  return { uid, allowed: false, status: { code, message, reason: code === 422 ? 'Invalid' : 'Forbidden' } };
}

// To 1.1.0 a dynamoNamespace is warned of; from 1.2 on it is ignored in silence.
function warningsFor(object: KubeObject, traits: Traits): string[] {
  if (traits.typedRoles) return [];
  const space = `${object.metadata.namespace}-${object.metadata.name}`;
  const services = Object.entries(
    (object.spec?.services ?? {}) as Record<string, { dynamoNamespace?: string }>,
  );
  return services.flatMap(([name, { dynamoNamespace: value }]) => {
    if (!value) return [];
    const what = `spec.services[${name}].dynamoNamespace is deprecated and ignored.`;
    return [
      `${what} Value '${value}' will be replaced with '${space}'. Remove this field from your configuration`,
    ];
  });
}

function defaulted({ uid, operation, object }: AdmissionRequest, traits: Traits): Record<string, unknown> {
  if (operation !== 'CREATE' || !object) return { uid, allowed: true };
  const stamps = {
    'nvidia.com/dynamo-operator-origin-version': traits.release,
    ...(traits.stored === 'v1beta1' && { 'nvidia.com/workload-provider': 'component' }),
  };
  const value = { ...stamps, ...object.metadata.annotations };
  const patch = [{ op: 'add', path: '/metadata/annotations', value }];
  return {
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  };
}
