/** This component's side of the contract: answers and facts in, a draft out. */

import type { Component, Draft, Explained, Facts } from '../../../core/component.ts';
import { applySkips, type Finding } from '../../../core/finding.ts';
import type { KubernetesObject } from '../../../core/manifest.ts';
import { nameFromModel } from '../../../core/name.ts';
import type { Value } from '../../../core/schema.ts';
import { misplacedSettings, type Settled, type Values } from '../../../core/settings.ts';
import { settingTable } from './answers.ts';
import { catalogue } from './catalogue.ts';
import { costLines } from './fit/cost.ts';
import { graphLegality } from './fit/graph-rule.ts';
import { offerFor } from './fit/offer.ts';
import { pinFor } from './fit/pin.ts';
import { isGraph } from './graph.ts';
import { checkArguments, checkGraph } from './manifest-rules.ts';
import { type Planned, planFrom } from './planning.ts';
import { checkShape, renderAll } from './rendering.ts';
import { checkPlan } from './rules.ts';
import { savedSettings, settingsFrom } from './settings.ts';
import { summaryOf } from './summary.ts';
import { renderings } from './views.ts';

const skips = (settled: Settled): readonly string[] => {
  const said = settled.values.skipCheck;
  return Array.isArray(said) ? said : [];
};

const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map(found => [`${found.rule} ${found.message}`, found])).values(),
];

const unknownSkips = (codes: readonly string[]): Finding[] =>
  codes
    .filter(code => !Object.hasOwn(catalogue, code))
    .map(code => ({
      rule: 'skip-unknown',
      level: 'warning',
      path: 'skipCheck',
      message: `--skip-check ${code}: there is no such check.`,
      hint: './cli explain lists every code.',
    }));

/** Plans, and once more with the type of GPU named where only some types can run the model. */
const planPinned = (settled: Settled, facts: Facts): Planned => {
  const settings = settingsFrom(settled, facts);
  const first = planFrom(settings, settled, facts);
  const pin = pinFor(first, facts);
  if (pin === null) return first;
  const nodeSelector = [...settings.nodeSelector, pin.selector];
  const pinned = planFrom({ ...settings, nodeSelector }, settled, facts);
  return { ...pinned, findings: [...pinned.findings, pin.finding] };
};

const draft = (settled: Settled, facts: Facts, programVersion: string): Draft => {
  const planned = planPinned(settled, facts);
  const said = [
    ...misplacedSettings(settingTable, settled),
    ...planned.findings,
    ...checkPlan({ ...planned, settled, facts }),
  ];
  const rendered = renderAll(renderings(planned.plan, programVersion));
  const objects = rendered.manifests.map(manifest => manifest.object);
  const all = [
    ...said,
    ...rendered.findings,
    ...objects.flatMap(checkShape),
    ...objects.filter(isGraph).flatMap(checkGraph),
    ...unknownSkips(skips(settled)),
  ];
  return {
    settings: savedSettings(planned.settings),
    plan: planned.plan,
    manifests: rendered.manifests,
    summary: [...summaryOf(objects), ...costLines(planned, facts)],
    findings: applySkips(unique(all), skips(settled)),
  };
};

/** Other writers use fields that we do not: for them an unknown field is told, not refused. */
const tolerant = (found: Finding): Finding =>
  found.rule === 'manifest-unknown-field' || found.rule === 'manifest-schema'
    ? {
        ...found,
        rule: 'manifest-not-checked',
        level: 'info',
        message: `Not written by this program, so not checked: ${found.message}`,
        hint: '',
      }
    : found;

const explain = (objects: readonly KubernetesObject[]): Explained => {
  const graphs = objects.filter(isGraph);
  const [graph] = graphs;
  const none: Finding[] =
    graph === undefined
      ? [
          {
            rule: 'no-deployment',
            level: 'error',
            path: '',
            message: 'There is no DynamoGraphDeployment among these manifests.',
            hint: 'Give a folder saved by this program or a file that holds one.',
          },
        ]
      : [];
  return {
    name: graph?.metadata.name ?? '',
    namespace: graph?.metadata.namespace ?? 'default',
    summary: summaryOf(objects),
    findings: unique([
      ...none,
      ...graphs.flatMap(checkGraph),
      ...graphs.flatMap(checkArguments),
      ...graphs.flatMap(graphLegality),
      ...objects.flatMap(checkShape).map(tolerant),
    ]),
  };
};

const suggest = (key: string, values: Values): Value => {
  if (key === 'name') return nameFromModel(String(values.model ?? settingTable.model.default));
  return settingTable[key as keyof typeof settingTable]?.default ?? null;
};

/** What a whole draft holds against this one answer; findings carry the key of the setting they are about. */
const objection = (key: string, settled: Settled, facts: Facts): string | undefined => {
  const found = draft(settled, facts, '').findings.find(one => one.level === 'error' && one.path === key);
  return found === undefined ? undefined : `${found.message} ${found.hint}`.trim();
};

export const component: Component = {
  settings: settingTable,
  catalogue,
  suggest,
  object: objection,
  offer: offerFor,
  draft,
  explain,
};
