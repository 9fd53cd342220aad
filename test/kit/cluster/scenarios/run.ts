/** Owns running one story from the first process to the verdict. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'jsonc-parser';
import { type AuditedCall, readAudit } from '../control/audit.ts';
import { type Binaries, repositoryRoot } from '../control/binaries.ts';
import { createScriptedServing } from '../frontend/scriptedServing.ts';
import { nothingServes } from '../frontend/serving.ts';
import { type Director, startDirector } from '../pods/director.ts';
import type { PodLife } from '../pods/podLife.ts';
import type { Stage as PodStage } from '../pods/podStatus.ts';
import { usualScript } from '../pods/usualScript.ts';
import { waitForModel } from '../pods/waitForModel.ts';
import { grantAccess } from './access.ts';
import { answersNow } from './answers.ts';
import { courseScript } from './course.ts';
import { judge, type Said, type Seen, type Verdict } from './judge.ts';
import { startNetwork } from './network.ts';
import { type ProgramRun, startProgram } from './program.ts';
import { splitConfig, wordsFor } from './settings.ts';
import { buildStage } from './stage.ts';
import { type Playing, playSteps } from './steps.ts';
import type { Json, Loaded, Story } from './story.ts';
import { createTriggers, watchTriggers } from './triggers.ts';

/** What came out of a story. */
export type Outcome = {
  readonly id: string;
  readonly verdict: 'pass' | 'fail' | 'skip';
  readonly seconds: number | undefined;
  readonly reason: string;
  readonly late: boolean;
  readonly findings: readonly Said[];
};

const TOKEN = 'hf_exampleexampleexampleexampleexample';

/** Runs a story; a story that cannot be expressed is a skip with its reason. */
export async function runStory(loaded: Loaded, binaries: Binaries, program: string): Promise<Outcome> {
  const { story } = loaded;
  const cannot = whyCannot(loaded, program);
  if (cannot) return skip(story, cannot);
  const end = new AbortController();
  const serving = createScriptedServing();
  const triggers = createTriggers();
  const holds = new Map<string, PodStage>();
  for (const step of story.events)
    if (step.hold) holds.set(`${step.of}/${step.pod ?? 0}`, step.hold as PodStage);
  let director: Director | undefined;
  let started = false;
  const wait = (life: PodLife) =>
    waitForModel(life, () => director?.pods ?? { items: new Map(), ready: Promise.resolve() });
  const indexOf = (life: PodLife) => indexAmong(director, life);
  const course = courseScript(loaded, { serving, waitForModel: wait, holds, indexOf });
  // What was installed earlier comes up quickly; the course is for what the command makes.
  const quick = usualScript(nothingServes(''), wait);
  const stage = await buildStage(loaded, binaries, async ({ api, objects, plane }, signal) => {
    const surroundings = { api, objects, logFolder: join(plane.folder.path, 'pods') };
    director = await startDirector(
      surroundings,
      life => (started ? course(life) : quick(life)),
      signal,
      () => {},
    );
  });
  try {
    await stage.settle();
    const network = await startNetwork(
      loaded,
      stage.plane.authority,
      join(stage.plane.folder.path, 'ca.crt'),
    );
    const access = await grantAccess(loaded, stage.cluster, stage.plane, stage.objects, network.silentProxy);
    if (!director) throw new Error('The director was not started.');
    const playing: Playing = {
      loaded,
      stage,
      director,
      serving,
      triggers,
      signal: end.signal,
      told: {},
      signAt: undefined,
      problems: [],
    };
    serving.answers = () => answersNow(loaded, playing.director.lives.values(), playing.told);
    serving.onFirstRequest = () => triggers.fire('verify');
    await watchTriggers(stage, () => playing.director, triggers, end.signal);
    const folder = writeFolder(story, stage.plane.folder.path);
    const wording = wordsFor(story, folder);
    if ('cannot' in wording) return skip(story, wording.cannot);
    started = true;
    const config = writeConfigOverlay(story, folder);
    const env = {
      HOME: folder,
      KUBECONFIG: access.kubeconfig,
      HF_TOKEN: TOKEN,
      ...network.env,
      ...story.env,
    };
    const run = startProgram(program, [...wording.words, ...config], folder, env);
    triggers.fire('start');
    playSteps(playing);
    const audit = () => readAudit(stage.plane.auditLog).filter(call => call.user === access.user);
    const seen = await untilOver(run, playing, audit);
    await network.stop();
    return outcomeOf(story, judge(story, seen), run, playing);
  } finally {
    end.abort();
    await serving.stop();
    await stage.stop();
  }
}

function whyCannot({ story }: Loaded, program: string): string | undefined {
  if (!existsSync(program)) return `the program is not there: ${program}`;
  if (story.local !== undefined) return "listeners on the user's machine are not played yet (local)";
  if (story.cluster.podStatus !== undefined)
    return 'unwell pods of the platform are not played yet (podStatus)';
  if (story.cluster.delete !== undefined)
    return 'objects deleted before the start are not played yet (delete)';
  return undefined;
}

function skip(story: Story, reason: string): Outcome {
  return { id: story.id, verdict: 'skip', seconds: undefined, reason, late: false, findings: [] };
}

function indexAmong(director: Director | undefined, life: PodLife): number {
  const same = [...(director?.lives.values() ?? [])].filter(each => each.role === life.role);
  return Math.max(0, same.indexOf(life) >= 0 ? same.indexOf(life) : same.length);
}

function writeFolder(story: Story, base: string): string {
  const folder = join(base, 'user');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(story.files ?? {})) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

// What the story's config says: by flags where the program has one, otherwise by a file over the one it ships.
function writeConfigOverlay(story: Story, folder: string): string[] {
  const { words, rest } = splitConfig(story.config ?? {});
  if (!rest) return words;
  const shipped = parse(readFileSync(join(repositoryRoot(), 'config.json'), 'utf8')) as Json;
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(overlay(shipped, rest), null, 2));
  return [...words, '--config', file];
}

function overlay(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, overlay(base[key], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const READ_ONLY = /^(self|token|subject|localsubject)|^pods\/portforward$/;

/** The first call that changed something, dry runs and questions about rights left out. */
function firstChange(calls: readonly AuditedCall[], startedAt: number): Seen['firstChange'] {
  const change = calls.find(
    call =>
      ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(call.verb) &&
      call.code < 300 &&
      !call.uri.includes('dryRun=All') &&
      !READ_ONLY.test(call.resource),
  );
  if (!change) return undefined;
  const what = `${change.verb} ${change.resource} ${change.namespace}/${change.name}`;
  return { at: (Date.parse(change.at) - startedAt) / 1000, what };
}

async function untilOver(run: ProgramRun, playing: Playing, audit: () => AuditedCall[]): Promise<Seen> {
  const deadline = run.startedAt + longest(playing.loaded) * 1000;
  const { story } = playing.loaded;
  let exit: number | undefined;
  let ended = false;
  void run.ended.then(code => {
    exit = code;
    ended = true;
  });
  while (!ended && Date.now() < deadline && !isDecided(story, run, playing, audit)) await sleep(200);
  const endedByItself = ended;
  if (!ended) run.stop();
  await run.ended;
  return {
    findings: run.findings,
    lines: run.lines,
    exit: endedByItself ? exit : undefined,
    endedAt: (Date.now() - run.startedAt) / 1000,
    signAt: playing.signAt === undefined ? undefined : (playing.signAt - run.startedAt) / 1000,
    firstChange: firstChange(audit(), run.startedAt),
    verdict: run.verdict,
  };
}

// Nothing the command could still say would change the verdict.
function isDecided(story: Story, run: ProgramRun, playing: Playing, audit: () => AuditedCall[]): boolean {
  const { expect } = story;
  if (expect === 'none') return false;
  const grace = ((expect.within ?? 10) + 20) * 1000;
  if (playing.signAt !== undefined && Date.now() > playing.signAt + grace) return true;
  if (expect.when !== 'before-apply' || expect.severity !== 'error') return false;
  const change = firstChange(audit(), run.startedAt);
  return change !== undefined && Date.now() > run.startedAt + change.at * 1000 + 5000;
}

// The last step, a whole happy course after it, and a minute of grace; in seconds of the test.
function longest({ story }: Loaded): number {
  const speed = story.clock?.speed ?? 1;
  const last = Math.max(0, ...story.events.map(step => step.at));
  return (last + 200) / speed + 60;
}

function outcomeOf(story: Story, verdict: Verdict, run: ProgramRun, playing: Playing): Outcome {
  const said = run.lines.filter(line => !line.startsWith('{')).at(-1);
  const more = verdict.verdict === 'fail' && run.findings.length === 0 && said ? ` (it said: ${said})` : '';
  const problems = playing.problems.length > 0 ? ` [not played: ${playing.problems[0]}]` : '';
  return { id: story.id, ...verdict, reason: verdict.reason + more + problems, findings: run.findings };
}
