/** Second stage: the model is listed under its name and, where the release tells, ready to be routed to. */

import { chatAsk, shortPrompt } from './chat.ts';
import {
  frontendGuarded,
  frontendUnreachable,
  hubUnreachable,
  notListed,
  noWorkers,
  roleMissing,
  servedUnderOtherName,
  workersElsewhere,
} from './findings.ts';
import { hubFailureIn, lastErrorIn } from './hub-log.ts';
import {
  begin,
  type Failed,
  failed,
  type OpenStep,
  type Run,
  type Stretch,
  stretch,
  untilSaid,
} from './journal.ts';
import { ask, get, isGuarded, list, type Reply, record, summaryOf } from './reply.ts';
import { absentRoles, type Instance, instancesIn, sorted, tallyOf } from './workers.ts';

export type Listed = { readonly kind: 'passed'; readonly model: string } | Failed;

/** How long each sign has to last before it is taken for the cause. */
const decisiveMs = {
  guarded: 2000,
  /** The name is the model's own path: a worker never changes that by itself. */
  ownPath: 15_000,
  otherName: 30_000,
  /** A frontend that could not fetch a model does not try again by itself. */
  hub: 3000,
  elsewhere: 15_000,
  roleMissing: 30_000,
  noWorkers: 60_000,
} as const;

const logsEveryMs = 3000;

type Watch = {
  readonly step: OpenStep;
  readonly guarded: Stretch;
  readonly other: Stretch;
  readonly hub: Stretch;
  readonly elsewhere: Stretch;
  readonly missing: Stretch;
  readonly alone: Stretch;
  /** When the frontend's log was read last. */
  logsAt: number;
  /** The last thing seen, for the end of patience. */
  last: { reply: Reply | null; ids: readonly string[]; instances: readonly Instance[] | null };
};

const idsIn = (reply: Reply): string[] =>
  reply.kind === 'answer'
    ? list(record(reply.body).data)
        .map(record)
        .map(({ id }) => String(id))
    : [];

/** The id to use in requests: as wanted, or in other letters of the same name; the first one when nobody knows what is wanted. */
const matchIn = (ids: readonly string[], wanted: readonly string[]): string | null => {
  if (wanted.length === 0) return ids[0] ?? null;
  const exact = wanted.find(id => ids.includes(id));
  if (exact !== undefined) return exact;
  const lower = wanted.map(id => id.toLowerCase());
  return ids.find(id => lower.includes(id.toLowerCase())) ?? null;
};

const fail = (step: OpenStep, detail: string, failure: Failed): Failed => {
  step.end('fail', detail);
  return failure;
};

const readyPath = (model: string): string =>
  `/v1/models/${model.split('/').map(encodeURIComponent).join('/')}/ready`;

type Readiness = { readonly ready: boolean; readonly missing: readonly string[] };

/** Releases from 1.3 on tell; null where there is no such page. */
const readinessOf = async ({ tools }: Run, model: string): Promise<Readiness | null> => {
  const reply = await get(tools.send, readyPath(model));
  if (reply.kind === 'broken') return { ready: false, missing: [] };
  const { ready, namespaces } = record(reply.body);
  if (typeof ready !== 'boolean') return null;
  const missing = Object.values(record(namespaces)).flatMap(each => list(record(each).missing_worker_types));
  return { ready, missing: [...new Set(missing.map(String))] };
};

const otherName = async (run: Run, watch: Watch, ids: readonly string[]): Promise<Failed | null> => {
  const { deployed, tools } = run;
  const lasted = watch.other(ids.length > 0);
  if (ids.length === 0) return null;
  const path = ids.find(id => id === deployed.model || deployed.served.some(each => id.endsWith(`/${each}`)));
  watch.step.note(`listed so far: ${ids.join(', ')}`);
  if (lasted < (path === undefined ? decisiveMs.otherName : decisiveMs.ownPath)) return null;
  const options = { maxTokens: 1, stream: false, timeoutMs: 10_000 };
  const reply = await ask(tools.send, chatAsk(deployed.served[0] ?? '', shortPrompt, options));
  const status = reply.kind === 'answer' && reply.status !== 200 ? reply.status : null;
  return fail(
    watch.step,
    `listed: ${ids.join(', ')}`,
    failed('not-serving', servedUnderOtherName(deployed, ids, status)),
  );
};

/** An empty list although workers are there: the frontend's log tells why. */
const hubTrouble = async (run: Run, watch: Watch, registered: boolean): Promise<Failed | null> => {
  const { deployed, tools } = run;
  if (watch.hub(registered) < decisiveMs.hub || tools.now() - watch.logsAt < logsEveryMs) return null;
  watch.logsAt = tools.now();
  const failure = hubFailureIn(await tools.logs(deployed.frontend));
  if (failure === null) return null;
  const found = hubUnreachable(deployed, failure, await tools.policies());
  return fail(watch.step, 'the list is empty', failed('not-serving', found));
};

const missingRoles = (
  run: Run,
  watch: Watch,
  told: Readiness | null,
  instances: readonly Instance[] | null,
): Failed | null => {
  const { deployed } = run;
  const counted = instances === null ? [] : absentRoles(sorted(instances, deployed).own, deployed);
  const some = instances !== null && instances.length > 0;
  const missing = told?.missing.length ? told.missing : some ? counted.map(role => role.component) : [];
  if (missing.length > 0) watch.step.note(`waiting for ${missing.join(' and ')}`);
  return watch.missing(missing.length > 0) < decisiveMs.roleMissing
    ? null
    : fail(
        watch.step,
        `without ${missing.join(' and ')}`,
        failed('not-serving', roleMissing(deployed, missing)),
      );
};

const strangers = (run: Run, watch: Watch, instances: readonly Instance[] | null): Failed | null => {
  const { deployed } = run;
  const { own, foreign } = sorted(instances ?? [], deployed);
  if (watch.elsewhere(own.length === 0 && foreign.length > 0) >= decisiveMs.elsewhere)
    return fail(watch.step, 'the list is empty', failed('not-serving', workersElsewhere(deployed, foreign)));
  return watch.alone(instances !== null && instances.length === 0) >= decisiveMs.noWorkers
    ? fail(watch.step, 'no worker is registered', failed('not-serving', noWorkers(deployed)))
    : null;
};

const emptyList = async (run: Run, watch: Watch): Promise<Failed | null> => {
  const instances = instancesIn(await get(run.tools.send, '/health'));
  watch.last.instances = instances;
  watch.step.note('the list is empty so far');
  return (
    (await hubTrouble(run, watch, instances === null || instances.length > 0)) ??
    strangers(run, watch, instances) ??
    missingRoles(run, watch, await readinessOf(run, run.deployed.served[0] ?? ''), instances)
  );
};

const listedAs = async (run: Run, watch: Watch, model: string): Promise<Listed | null> => {
  const readiness = await readinessOf(run, model);
  if (readiness === null || readiness.ready) {
    watch.step.end('pass', readiness === null ? model : `${model} is ready`);
    return { kind: 'passed', model };
  }
  return missingRoles(run, watch, readiness, null);
};

/** Whether the model is in the list right now; null when the list cannot be read. */
export const isListed = async ({ tools }: Run, model: string): Promise<boolean | null> => {
  const reply = await get(tools.send, '/v1/models');
  return reply.kind === 'answer' && reply.status === 200 ? idsIn(reply).includes(model) : null;
};

const look = async (run: Run, watch: Watch): Promise<Listed | null> => {
  const reply = await get(run.tools.send, '/v1/models');
  watch.last.reply = reply;
  if (reply.kind === 'broken') {
    watch.step.note(reply.why);
    return null;
  }
  if (watch.guarded(isGuarded(reply)) >= decisiveMs.guarded)
    return fail(
      watch.step,
      summaryOf(reply),
      failed('not-serving', frontendGuarded(run.deployed, '/v1/models', reply.status)),
    );
  if (reply.status !== 200) return null;
  const ids = idsIn(reply);
  watch.last.ids = ids;
  const model = matchIn(ids, run.deployed.served);
  if (model !== null) return listedAs(run, watch, model);
  return (await otherName(run, watch, ids)) ?? (ids.length === 0 ? emptyList(run, watch) : null);
};

/** Patience is over: the likeliest cause of what was seen last. */
const lastWord = async (run: Run, { last }: Watch): Promise<Failed> => {
  const { deployed, tools } = run;
  if (last.reply?.kind === 'broken')
    return failed('not-ready', frontendUnreachable(deployed, last.reply.why));
  if (last.ids.length > 0) return failed('not-serving', servedUnderOtherName(deployed, last.ids, null));
  const { own, foreign } = sorted(last.instances ?? [], deployed);
  if (own.length === 0 && foreign.length > 0)
    return failed('not-serving', workersElsewhere(deployed, foreign));
  if (last.instances !== null && own.length === 0) return failed('not-ready', noWorkers(deployed));
  const evidence = lastErrorIn(await tools.logs(deployed.frontend));
  return failed('not-serving', notListed(deployed, tallyOf(own, deployed), evidence));
};

/** /v1/models, and /v1/models/ID/ready where there is one. */
export const listed = async (run: Run): Promise<Listed> => {
  const step = begin(run, 'models', 'the model is listed');
  const watch: Watch = {
    step,
    guarded: stretch(run),
    other: stretch(run),
    hub: stretch(run),
    elsewhere: stretch(run),
    missing: stretch(run),
    alone: stretch(run),
    logsAt: Number.NEGATIVE_INFINITY,
    last: { reply: null, ids: [], instances: null },
  };
  const said = await untilSaid(run, () => look(run, watch));
  if (said !== null) return said;
  const failure = await lastWord(run, watch);
  step.end('fail', 'not within the time given');
  return failure;
};
