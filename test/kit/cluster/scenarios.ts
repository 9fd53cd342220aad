/** Owns `npm run scenarios`: plays failure stories against the program and tells what came out. */

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotBuild, ensureBinaries, KUBERNETES_MINORS, repositoryRoot } from './control/binaries.ts';
import { type Outcome, runStory } from './scenarios/run.ts';
import { type Loaded, loadStories } from './scenarios/story.ts';
import { summary, table } from './scenarios/table.ts';

const HELP = `npm run scenarios -- DIR… [options]

Plays every failure story of the folders against ./cli and prints what came out. Each has a control plane of its own.

  --only ID          this story; may be given more than once
  --json FILE        writes [{ id, verdict, seconds, reason, findings }]
  --at-once N        so many side by side (3)
  --profiles FILE    profiles for folders without a profiles.yaml of their own
  --cli FILE         another program than ./cli
`;

const OPTIONS = {
  only: { type: 'string', multiple: true },
  json: { type: 'string' },
  'at-once': { type: 'string' },
  profiles: { type: 'string' },
  cli: { type: 'string' },
  help: { type: 'boolean' },
} as const;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.help || positionals.length === 0) {
    process.stdout.write(HELP);
    return values.help ? 0 : 64;
  }
  const chosen = choose(positionals, values.only, values.profiles);
  const outcomes = await playAll(
    chosen,
    resolve(values.cli ?? join(repositoryRoot(), 'cli')),
    Number(values['at-once'] ?? 3),
  );
  const stories = chosen.map(each => each.story);
  process.stdout.write(`${table(stories, outcomes)}\n\n${summary(outcomes)}\n`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(outcomes.map(forJson), null, 2)}\n`);
  return outcomes.some(each => each.verdict === 'fail') ? 1 : 0;
}

function choose(
  folders: readonly string[],
  only: readonly string[] | undefined,
  profiles: string | undefined,
): Loaded[] {
  const shared = profiles ?? join(repositoryRoot(), '..', 'shared', 'failures', 'profiles.yaml');
  const all = folders.flatMap(folder => loadStories(folder, shared));
  const chosen = all.filter(each => only === undefined || only.includes(each.story.id));
  if (chosen.length > 0) return chosen;
  throw new Error('No story was chosen: the folders hold none, or --only names none of them.');
}

async function playAll(stories: readonly Loaded[], program: string, atOnce: number): Promise<Outcome[]> {
  const binaries = await ensureBinaries(KUBERNETES_MINORS[0] ?? '', say);
  const outcomes = new Map<string, Outcome>();
  const left = [...stories];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) outcomes.set(next.story.id, await play(next));
  };
  const play = async (loaded: Loaded) => {
    const outcome = await runStory(loaded, binaries, program).catch(error => broken(loaded, error));
    say(`${outcome.verdict.padEnd(5)} ${outcome.id}${outcome.reason ? `: ${outcome.reason}` : ''}`);
    return outcome;
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // Being late beside others proves nothing: it counts when it is late again alone.
  for (const loaded of stories.filter(each => outcomes.get(each.story.id)?.late)) {
    say(`again, alone: ${loaded.story.id}`);
    outcomes.set(loaded.story.id, await play(loaded));
  }
  return stories.flatMap(each => outcomes.get(each.story.id) ?? []);
}

// A story that breaks the runner is not judged, and says so.
function broken({ story }: Loaded, error: unknown): Outcome {
  const reason = `the story could not be played: ${error instanceof Error ? error.message : String(error)}`;
  return { id: story.id, verdict: 'skip', seconds: undefined, reason, late: false, findings: [] };
}

function forJson({ id, verdict, seconds, reason, findings }: Outcome): unknown {
  return { id, verdict, seconds: seconds ?? null, reason, findings };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    say(error instanceof CannotBuild ? `${error.message}\n${error.remedy}` : String(error?.message ?? error));
    process.exit(1);
  },
);
