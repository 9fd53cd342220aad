import { expect, test } from 'vitest';
import type { Answer, Ask, Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import { findGraph } from '../../../../src/commands/verify/find.ts';

const graphs = { group: 'nvidia.com', plural: 'dynamographdeployments', versions: ['v1alpha1', 'v1beta1'] };
const root = '/apis/nvidia.com';
const rest = 'namespaces/ns/dynamographdeployments';

type Page = object | ClusterError;

const named = (name: string, own = true) => ({
  metadata: { name, labels: own ? { 'app.kubernetes.io/managed-by': 'dynamo-installer' } : {} },
});

function server(pages: Record<string, Page>): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const request = async <T>({ path }: Ask): Promise<Answer<T>> => {
    asked.push(path);
    const page = pages[path] ?? new ClusterError('not-found', 'not found', { status: 404 });
    if (page instanceof Error) throw page;
    return { status: 200, body: page as T, warnings: [] };
  };
  return { client: { request } as unknown as Client, asked };
}

const find = (pages: Record<string, Page>, name: string | null) =>
  findGraph(server(pages).client, graphs, 'ns', name);

test('by name, with one read', async () => {
  const { client, asked } = server({ [`${root}/v1alpha1/${rest}/x`]: named('x') });
  expect((await findGraph(client, graphs, 'ns', 'x')).metadata.name).toBe('x');
  expect(asked).toEqual([`${root}/v1alpha1/${rest}/x`]);
});

test('in a version that is served, and in the stored one while the operator is down', async () => {
  expect(await find({ [`${root}/v1beta1/${rest}/x`]: named('x') }, 'x')).toEqual(named('x'));
  const down = new ClusterError('server', 'conversion webhook failed', { status: 500 });
  expect(
    await find({ [`${root}/v1alpha1/${rest}/x`]: down, [`${root}/v1beta1/${rest}/x`]: named('x') }, 'x'),
  ).toEqual(named('x'));
  await expect(find({ [`${root}/v1alpha1/${rest}/x`]: down }, 'x')).rejects.toBe(down);
});

test('without a name the only one of ours, whatever others there are', async () => {
  const list = { items: [named('theirs', false), named('ours')] };
  expect(await find({ [`${root}/v1alpha1/${rest}`]: list }, null)).toEqual(named('ours'));
});

test('several of ours are listed', async () => {
  const list = { items: [named('b'), named('a')] };
  await expect(find({ [`${root}/v1alpha1/${rest}`]: list }, null)).rejects.toMatchObject({
    kind: 'usage',
    message: 'There are several deployments in namespace ns: a and b.',
    hint: 'Name one, such as a.',
  });
});

test('none, none of ours, and a name that is not there', async () => {
  await expect(find({}, null)).rejects.toMatchObject({ kind: 'unavailable' });
  const foreign = { [`${root}/v1alpha1/${rest}`]: { items: [named('theirs', false)] } };
  await expect(find(foreign, null)).rejects.toThrow('none of them made by this program');
  await expect(find(foreign, 'x')).rejects.toMatchObject({
    message: 'There is no deployment x in namespace ns.',
    hint: 'There is theirs; or name another namespace with -n.',
  });
});

test('forbidden is forbidden', async () => {
  const no = new ClusterError('forbidden', 'no', { status: 403 });
  await expect(find({ [`${root}/v1alpha1/${rest}/x`]: no }, 'x')).rejects.toBe(no);
});
