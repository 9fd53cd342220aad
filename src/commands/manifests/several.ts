/** One run is for one deployment: it is named, waited for and verified as one. */

import { groupOf, placeOf } from '../../core/kinds.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { listed } from '../../core/text.ts';
import { CliError } from '../../errors.ts';
import type { Context } from '../context.ts';

/** The component's own resources among objects. */
export const graphsAmong = async (
  { entry }: Pick<Context, 'entry'>,
  objects: readonly KubernetesObject[],
): Promise<KubernetesObject[]> => {
  const { graph } = (await entry.preflight()).survey;
  return objects.filter(
    ({ apiVersion, kind }) =>
      groupOf(apiVersion) === graph.group && placeOf(apiVersion, kind, [])?.plural === graph.plural,
  );
};

/** Errors: `refused`. */
export const refuseSeveral = async (
  context: Pick<Context, 'entry'>,
  objects: readonly KubernetesObject[],
): Promise<void> => {
  const graphs = await graphsAmong(context, objects);
  if (graphs.length < 2) return;
  const names = listed(graphs.map(({ metadata }) => metadata.name));
  const finding = {
    rule: 'several-deployments',
    level: 'error',
    path: '',
    message: `These manifests hold ${graphs.length} deployments: ${names}.`,
    hint: 'Put each into a file or a folder of its own, with what belongs to it, and apply one after the other.',
  } as const;
  throw new CliError('refused', 'Only one deployment can be applied at a time; nothing was applied.', {
    findings: [finding],
  });
};
