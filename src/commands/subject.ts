/** What is decided upon: manifests with their summary and findings, rendered just now or read from files. */

import { inNamespace } from '../core/adopt.ts';
import type { Component, Draft, SummaryLine } from '../core/component.ts';
import type { Finding } from '../core/finding.ts';
import type { KubernetesObject } from '../core/manifest.ts';
import type { Values } from '../core/settings.ts';
import { parseYaml } from '../core/yaml.ts';
import { CliError } from '../errors.ts';
import type { SavedFile } from '../files/saved.ts';

export type Subject = {
  readonly name: string;
  readonly namespace: string;
  readonly files: readonly SavedFile[];
  readonly objects: readonly KubernetesObject[];
  readonly summary: readonly SummaryLine[];
  readonly findings: readonly Finding[];
  /** The answers that made it, complete; null for manifests from elsewhere. */
  readonly answers: Values | null;
};

export const subjectOfDraft = (draft: Draft): Subject => ({
  name: String(draft.settings.name),
  namespace: String(draft.settings.namespace),
  files: draft.manifests.map(({ file, text }) => ({ file, text })),
  objects: draft.manifests.map(manifest => manifest.object),
  summary: draft.summary,
  findings: draft.findings,
  answers: draft.settings,
});

const isObject = (data: unknown): data is KubernetesObject =>
  typeof data === 'object' &&
  data !== null &&
  'kind' in data &&
  'apiVersion' in data &&
  typeof (data as { metadata?: { name?: unknown } }).metadata?.name === 'string';

const objectsIn = ({ file, text }: SavedFile): KubernetesObject[] => {
  const { documents, problem } = parseYaml(text);
  const unreadable = (path: string, message: string): CliError => {
    const finding: Finding = {
      rule: 'manifest-unreadable',
      level: 'error',
      path,
      message,
      hint: 'Mend that place and try again.',
    };
    return new CliError('refused', `${file} cannot be used.`, { findings: [finding] });
  };
  if (problem !== null)
    throw unreadable(
      `${file}:${problem.line}`,
      `${file} is not YAML: ${problem.message} (line ${problem.line}, column ${problem.column}).`,
    );
  const wrong = documents.find(document => !isObject(document));
  if (wrong !== undefined)
    throw unreadable(
      file,
      `${file} holds something without apiVersion, kind and metadata.name, so it is no Kubernetes object.`,
    );
  return documents.filter(isObject);
};

/** `home` is for manifests that name no namespace. Errors: `refused` when a file is not YAML or holds no Kubernetes object. */
export const subjectOfFiles = (
  component: Component,
  files: readonly SavedFile[],
  answers: Values | null,
  home: string,
): Subject => {
  const objects = files.flatMap(objectsIn).map(object => inNamespace(object, home));
  const { name, namespace, summary, findings } = component.explain(objects);
  return { name, namespace, files, objects, summary, findings, answers };
};

/** One file of several documents as files of one each, numbered in their order. `---` at the start of a line never stands inside a value. */
export const splitDocuments = (text: string): SavedFile[] =>
  text
    .split(/^---.*$/m)
    .filter(part => part.replace(/^\s*#.*$/gm, '').trim() !== '')
    .map((part, index) => {
      const kind = /^kind:\s*"?(\w+)/m.exec(part)?.[1] ?? 'manifest';
      return {
        file: `${String(index + 1).padStart(2, '0')}-${kind.toLowerCase()}.yaml`,
        text: `${part.trim()}\n`,
      };
    });
