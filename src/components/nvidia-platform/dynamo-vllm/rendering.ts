/** Renders views and reads the text back: what is validated, saved and applied is the same object. */

import type { Finding } from '../../../core/finding.ts';
import { type KubernetesObject, type Manifest, manifestFile } from '../../../core/manifest.ts';
import { rendererFor } from '../../../core/render.ts';
import { schemaFindings, type Validator } from '../../../core/validate.ts';
import { parseYaml } from '../../../core/yaml.ts';
import { templates } from '../../../generated/templates.ts';
import * as validators from '../../../generated/validators.ts';
import type { Rendering } from './views.ts';

type Rendered = { readonly manifests: readonly Manifest[]; readonly findings: readonly Finding[] };

const broken = (rendering: Rendering, problem: string): Finding => ({
  rule: 'template-broken',
  level: 'error',
  path: `templates/nvidia-platform/dynamo-vllm/${rendering.template}.hbs`,
  message: `The template ${rendering.template}.hbs does not yield a ${rendering.kind}: ${problem}`,
  hint: 'If it was edited, take the change back: git checkout templates',
});

const isObject = (data: unknown): data is KubernetesObject =>
  typeof data === 'object' && data !== null && 'kind' in data && 'metadata' in data;

const renderOne = (
  render: (template: string, view: unknown) => string,
  rendering: Rendering,
  index: number,
): Manifest | Finding => {
  let text: string;
  try {
    text = render(rendering.template, rendering.view);
  } catch (error) {
    return broken(rendering, error instanceof Error ? error.message : String(error));
  }
  const { documents, problem } = parseYaml(text);
  if (problem !== null)
    return broken(rendering, `line ${problem.line}, column ${problem.column}: ${problem.message}`);
  const [object] = documents;
  if (documents.length !== 1 || !isObject(object))
    return broken(rendering, `it holds ${documents.length} objects instead of one.`);
  return { file: manifestFile(index, rendering.kind), text, object };
};

/** Every rendering as text and parsed object, or the finding that says which template is broken. */
export const renderAll = (list: readonly Rendering[]): Rendered => {
  const render = rendererFor(templates);
  const results = list.map((rendering, index) => renderOne(render, rendering, index));
  return {
    manifests: results.filter(result => 'object' in result),
    findings: results.filter(result => 'rule' in result),
  };
};

const validatorName = (object: KubernetesObject): string =>
  object.kind === 'DynamoGraphDeployment'
    ? `dynamographdeploymentV1${object.apiVersion.endsWith('beta1') ? 'beta1' : 'alpha1'}`
    : object.kind.toLowerCase();

const validatorFor = (object: KubernetesObject): Validator | undefined =>
  (validators as unknown as Record<string, Validator>)[validatorName(object)];

/** The first rung of validation: the schema of what this program writes, compiled ahead of time. */
export const checkShape = (object: KubernetesObject): Finding[] => {
  const validator = validatorFor(object);
  return validator === undefined ? [] : schemaFindings(validator, object);
};
