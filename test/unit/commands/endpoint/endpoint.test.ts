import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isOpen, listeningOf, openListening } from '../../../../src/commands/endpoint/listen.ts';
import {
  type Endpoint,
  endpointJson,
  sections,
  variablesOf,
} from '../../../../src/commands/endpoint/pieces.ts';
import { clientSteps } from '../../../../src/commands/verify/next.ts';

const endpoint = (local: string | null): Endpoint => {
  const base = local ?? 'http://127.0.0.1:8000/v1';
  const place = { name: 'chat', namespace: 'ns', service: 'chat-frontend', port: 8000 };
  const address = 'http://chat-frontend.ns.svc.cluster.local:8000/v1';
  const steps = clientSteps({
    ...place,
    address,
    model: 'Qwen/Qwen3-0.6B',
    line: './cli x y',
    kubectl: 'kubectl --context prod',
    verbs: ['endpoint'],
    ...(local === null ? {} : { local }),
  });
  const variables = variablesOf(base, 'Qwen/Qwen3-0.6B');
  return {
    ...place,
    address,
    model: 'Qwen/Qwen3-0.6B',
    local: base,
    listening: local !== null,
    variables,
    steps,
  };
};

describe('an endpoint', () => {
  it('is told from inside to outside, with variables before the snippets', () => {
    const shown = sections(endpoint(null), ['export A=1']);
    expect(shown[1]?.lines[1]).toBe(
      'kubectl --context prod -n ns port-forward service/chat-frontend 8000:8000',
    );
    expect(shown.map(({ lines }) => lines[0])).toEqual([
      'http://chat-frontend.ns.svc.cluster.local:8000/v1',
      './cli x y endpoint chat -n ns --listen --port 8000',
      'export A=1',
      'curl http://127.0.0.1:8000/v1/chat/completions \\',
      'from openai import OpenAI',
      'model_list:',
    ]);
  });
  it('names the open way instead of a command that opens one', () => {
    const text = JSON.stringify(endpointJson(endpoint('http://127.0.0.1:41234/v1')));
    expect(text).toContain('http://127.0.0.1:41234/v1/chat/completions');
    expect(text).toContain('"OPENAI_BASE_URL":"http://127.0.0.1:41234/v1"');
    expect(text).not.toContain('port-forward');
  });
  it('is one flat object for programs', () => {
    expect(endpointJson(endpoint(null))).toMatchObject({
      model: 'Qwen/Qwen3-0.6B',
      address: 'http://chat-frontend.ns.svc.cluster.local:8000/v1',
      listening: false,
      openai: expect.arrayContaining(['from openai import OpenAI']),
    });
  });
});

describe('where to listen', () => {
  it('is a free port of loopback unless said otherwise', () => {
    expect(listeningOf({})).toBeNull();
    expect(listeningOf({ listen: true })).toEqual({ address: '127.0.0.1', port: 0 });
    expect(listeningOf({ listen: true, port: '8000', address: '0.0.0.0' })).toEqual({
      address: '0.0.0.0',
      port: 8000,
    });
  });
  it.each([
    [{ listen: true, port: '70000' }],
    [{ listen: true, port: 'x' }],
    [{ port: '1' }],
    [{ address: 'a' }],
  ])('refuses %j', options => {
    expect(() => listeningOf(options)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });
  it.each([
    ['127.0.0.1', false],
    ['::1', false],
    ['localhost', false],
    ['0.0.0.0', true],
    ['::', true],
    ['192.168.1.4', true],
  ])('%s is open to others: %s', (address, expected) => {
    expect(isOpen({ address, port: 0 })).toBe(expected);
  });
});

describe('a place that cannot be had', () => {
  const problemAt = async (address: string, port: number): Promise<unknown> => {
    const where = { namespace: 'ns', service: 'chat', port: 8000, podSelector: 'a=b' };
    const { signal } = new AbortController();
    const client = {
      request: async () => ({ body: { spec: { ports: [{ port: 8000, targetPort: 8000 }] } } }),
      lines: async function* () {},
    };
    return openListening(client as never, { ...where, listen: { address, port }, signal }).catch(
      error => error,
    );
  };
  it('is told with the flag that mends it', async () => {
    // An address of documentation (RFC 5737), which no machine has.
    expect(await problemAt('203.0.113.1', 0)).toMatchObject({
      kind: 'unavailable',
      message: '203.0.113.1 is no address of this machine.',
      hint: expect.stringContaining('--address'),
    });
    const taken = createServer();
    await new Promise<void>(resolve => void taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    expect(await problemAt('127.0.0.1', port)).toMatchObject({
      message: `127.0.0.1:${port} is taken by another program.`,
      hint: expect.stringContaining('--port'),
    });
    taken.close();
  });
});
