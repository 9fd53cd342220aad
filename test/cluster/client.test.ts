import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/cluster/connect.ts';
import { describeWithCluster } from './support.ts';

describeWithCluster('a client of the API server', { nodes: 'p5.48xlarge=1' }, cluster => {
  const open = (context: string, signal = new AbortController().signal) =>
    connect({ cwd: '/', env: process.env }, { kubeconfig: cluster().kubeconfig, context, signal });

  test('sends a request with a client certificate', async () => {
    const client = await open('admin');
    const { body, status } = await client.request<{ items: unknown[] }>({
      method: 'GET',
      path: '/api/v1/nodes',
    });
    expect(status).toBe(200);
    expect(body.items.length).toBeGreaterThan(0);
    client.close();
  });

  test('runs a credential plugin once', async () => {
    const client = await open('exec');
    const ask = { method: 'GET', path: '/version' } as const;
    await Promise.all([client.request(ask), client.request(ask), client.request(ask)]);
    await client.request(ask);
    expect(readFileSync(cluster().plane.execRuns, 'utf8')).toBe('run\n');
    client.close();
  });
});
