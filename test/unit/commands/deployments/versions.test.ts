import { expect, test } from 'vitest';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { readFirst } from '../../../../src/commands/deployments/versions.ts';

const graphs = { group: 'nvidia.com', versions: ['v1alpha1', 'v1beta1'] };
const missing = new ClusterError('not-found', 'not found', { status: 404 });

/** What each version answers; not there when nothing is said. */
const read = async (pages: Readonly<Record<string, string | ClusterError>>) => {
  const asked: string[] = [];
  const found = await readFirst(graphs, async root => {
    asked.push(root);
    const page = pages[root.replace('/apis/nvidia.com/', '')] ?? missing;
    if (page instanceof Error) throw page;
    return page;
  });
  return { found, asked };
};

test('one read where the first version is served', async () => {
  expect(await read({ v1alpha1: 'x' })).toEqual({ found: 'x', asked: ['/apis/nvidia.com/v1alpha1'] });
});

test('the version that is served, and the stored one while the operator is down', async () => {
  expect((await read({ v1beta1: 'x' })).found).toBe('x');
  const down = new ClusterError('server', 'conversion webhook failed', { status: 500 });
  expect((await read({ v1alpha1: down, v1beta1: 'x' })).found).toBe('x');
  await expect(read({ v1alpha1: down })).rejects.toBe(down);
});

test('null where it is in none, and forbidden is forbidden', async () => {
  expect((await read({})).found).toBeNull();
  const no = new ClusterError('forbidden', 'no', { status: 403 });
  await expect(read({ v1alpha1: no, v1beta1: 'x' })).rejects.toBe(no);
});
