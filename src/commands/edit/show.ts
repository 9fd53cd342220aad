/** Shows what a change does before it is made: lines for people, an event for programs. */

import { changedSettings } from '../../core/changed-settings.ts';
import type { RoleChange } from '../../core/changes.ts';
import type { Draft } from '../../core/component.ts';
import type { KubernetesObject } from '../../core/manifest.ts';
import { roleLines, settingLines } from '../../output/changes.ts';
import { paintFor } from '../../output/paint.ts';
import { printFindings } from '../events.ts';
import { printEvent, say, sayFindings } from '../talk.ts';
import type { Base } from './base.ts';

export type Comparison = {
  readonly before: Draft;
  readonly after: Draft;
  readonly live: KubernetesObject;
  readonly operatorRelease: string | null;
};

/** What describes the run and not the deployment. */
const ofRun: readonly string[] = ['skipCheck'];

/** Whether anything would be another than it is. */
const isNothing = (settings: readonly unknown[], roles: readonly RoleChange[]): boolean =>
  settings.length === 0 && roles.every(({ fate }) => fate === 'kept');

/** Tells it, with the findings of the new settings; returns whether anything changes. */
export const tellChanges = ({ context, changes }: Base, comparison: Comparison): boolean => {
  const { io, options, table } = context;
  const { before, after } = comparison;
  const settings = changedSettings(table, before.settings, after.settings).filter(
    ({ key }) => !ofRun.includes(key),
  );
  const roles = changes.roles(comparison);
  const nothing = isNothing(settings, roles);
  const { name } = after.settings;
  if (options.output === 'json') {
    printFindings(io, after.findings);
    printEvent(io, 'changes', { name, settings, roles });
    return !nothing;
  }
  if (options.quiet === true) return !nothing;
  const paint = paintFor(io.color.stderr);
  if (nothing) say(io, `Nothing changes: ${String(name)} has these settings already.`);
  else {
    if (settings.length > 0) say(io, 'Settings:', ...settingLines(settings, io.columns), '');
    say(io, 'Pods:', ...roleLines(roles, paint, io.columns), '');
  }
  sayFindings(io, after.findings);
  return !nothing;
};
