import { expect, it } from 'vitest';
import type { Context } from '../../../../src/commands/context.ts';
import { pickDeployment } from '../../../../src/commands/deployments/pick.ts';
import { componentIndex } from '../../../../src/components/load.ts';

const context = {
  io: { canPrompt: false },
  entry: componentIndex[0],
  verb: 'uninstall',
  options: { context: 'prod' },
} as unknown as Context;

const at = (name: string, namespace = 'dynamo-system') => ({ name, namespace });

const pick = (
  name: string | undefined,
  deployments: readonly ReturnType<typeof at>[],
  namespace: string | null = null,
) => pickDeployment(context, { deployments, namespace }, { name });

it('takes the only one, and the one of that name', async () => {
  expect(await pick(undefined, [at('shop')])).toEqual(at('shop'));
  expect(await pick('shop', [at('cart'), at('shop')])).toEqual(at('shop'));
});

it('names those that might be meant, with the verb and the cluster that were typed', async () => {
  await expect(pick(undefined, [at('cart'), at('shop', 'team')])).rejects.toMatchObject({
    kind: 'usage',
    message: 'Several deployments might be meant: cart (-n dynamo-system) and shop (-n team).',
    hint: 'Name one, such as: ./cli nvidia-platform dynamo-vllm uninstall cart -n dynamo-system --context prod',
  });
});

it('guesses what a wrong name meant, or tells what there is', async () => {
  await expect(pick('shpo', [at('cart'), at('shop'), at('shop', 'team')])).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'There is no deployment shpo in any namespace.',
    hint: 'Did you mean shop (-n dynamo-system) or shop (-n team)? If not, choose another cluster with --context.',
  });
  await expect(pick('x', [at('shop')], 'dynamo-system')).rejects.toMatchObject({
    hint: 'There is shop (-n dynamo-system). Look at the name, or name another namespace with -n.',
  });
});

it('says how to begin where there is none', async () => {
  await expect(pick(undefined, [])).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'There is no deployment of this program in any namespace.',
  });
});
