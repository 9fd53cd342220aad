/** KV-aware routing: the same long prompt twice, and metrics that prove that workers' events steer it. */

import type { Finding } from '../../../../core/finding.ts';
import type { ProbeStep } from '../../../../core/probe.ts';
import { finding } from '../rule.ts';
import { chatAsk, type Good, judgeChat } from './chat.ts';
import { begin, type Run } from './journal.ts';
import { growthOf, parseMetrics, type Sample, sumOf } from './metrics.ts';
import { ask, get } from './reply.ts';
import type { RouterAsk } from './routing.ts';

/** What was read around the prompts; null members could not be read. */
export type RouterSeen = {
  /** Events of stored blocks that the router applied. */
  readonly applied: number | null;
  /** Sum of predicted hit rates: above 0 when the router found a cached prefix. */
  readonly hitRate: number | null;
  /** Requests that the router handled. */
  readonly routed: number | null;
  /** Workers that the router waits for events from in vain. */
  readonly mismatched: number | null;
  /** Tokens of the second prompt that came out of a worker's cache. */
  readonly cached: number | null;
};

export type RouterVerdict = {
  readonly outcome: Exclude<ProbeStep['outcome'], 'running'>;
  readonly detail: string;
  /** Why it does not follow events; null when it does, or when nobody knows. */
  readonly because: string | null;
};

const unheard = 'not engaged: no KV events';

/** Reasons to say that it does not follow events, the most certain first. */
const doubts: readonly ((router: RouterAsk, seen: RouterSeen) => RouterVerdict | null)[] = [
  ({ approximate }) =>
    approximate === null
      ? null
      : {
          outcome: 'warn',
          detail: `approximate: ${approximate}`,
          because: `${approximate} tells the router to predict instead of listening to KV events`,
        },
  ({ silent }, { mismatched }) =>
    (mismatched ?? 0) > 0
      ? {
          outcome: 'warn',
          detail: unheard,
          because: silent ?? `${mismatched} of the workers publish no KV events`,
        }
      : null,
  ({ silent }, { applied }) =>
    silent === null || (applied ?? 0) > 0 ? null : { outcome: 'warn', detail: unheard, because: silent },
  // The router worked and heard nothing: where it counts events at all, that is a proof.
  (_, { applied, routed, hitRate, cached }) =>
    applied === 0 || (applied === null && (routed ?? 0) > 0 && hitRate === 0 && cached === 0)
      ? { outcome: 'warn', detail: unheard, because: 'no KV event of a worker reached the router' }
      : null,
  // Without chance in the choice, a prefix that was stored a moment ago has to be found.
  ({ temperature }, { hitRate, cached }) =>
    temperature === 0 && hitRate === 0 && cached === 0
      ? {
          outcome: 'warn',
          detail: 'KV events arrive, but no prefix is found',
          because: 'its KV events name other block hashes than the requests do',
        }
      : null,
];

const proof = ({ temperature }: RouterAsk, { applied, cached }: RouterSeen): RouterVerdict => {
  const hit = (cached ?? 0) > 0;
  const chance = temperature > 0 ? `, no hit yet at router temperature ${temperature}` : '';
  if (applied !== null) {
    const found = hit ? `, ${cached} tokens of the repeated prompt cached` : chance;
    return {
      outcome: 'pass',
      detail: `event-driven: ${applied} KV ${applied === 1 ? 'event' : 'events'}${found}`,
      because: null,
    };
  }
  return hit
    ? {
        outcome: 'pass',
        detail: `${cached} tokens cached; this release does not count KV events`,
        because: null,
      }
    : { outcome: 'unknown', detail: 'the metrics that would prove it are not there', because: null };
};

/** Decides from the manifest and the metrics. */
export const judgeRouter = (router: RouterAsk, seen: RouterSeen): RouterVerdict => {
  for (const doubt of doubts) {
    const verdict = doubt(router, seen);
    if (verdict !== null) return verdict;
  }
  return proof(router, seen);
};

/** Fewer words for a model that takes little; a word is two tokens at most for usual tokenizers. */
const wordsFor = (maxModelLen: number | null): number =>
  Math.max(50, Math.min(1200, Math.floor((maxModelLen ?? 8192) / 6)));

const topics = ['river', 'lamp', 'stone', 'paper', 'cloud', 'wheel', 'garden', 'window', 'train', 'bread'];

/** About 2,000 tokens that no earlier run has sent: the number at its beginning makes every block of it new. */
export const longPrompt = (nonce: number, maxModelLen: number | null): string => {
  const count = wordsFor(maxModelLen);
  const words = Array.from({ length: count }, (_, at) => topics[(at * 7 + (nonce % 97)) % topics.length]);
  return `Run ${nonce.toString(36)}. Say in one word which of these stands first: ${words.join(' ')}`;
};

const promptMs = 60_000;
/** Events reach the router a moment after the answer. */
const eventsMs = 3000;
const lookEveryMs = 300;

const metricsOf = async ({ tools }: Run): Promise<Sample[]> => {
  const reply = await get(tools.send, '/metrics', 10_000);
  return reply.kind === 'answer' && reply.status === 200 ? parseMetrics(reply.answer.text) : [];
};

const stored = { event_type: 'stored', status: 'ok' } as const;
const events = 'dynamo_component_kv_cache_events_applied';
const rate = 'dynamo_component_router_kv_hit_rate_sum';
const requests = 'dynamo_component_router_requests_total';
const mismatch = 'dynamo_component_router_kv_event_source_mismatch_workers';

const appliedBetween = (before: readonly Sample[], after: readonly Sample[]): number | null =>
  growthOf(before, after, events, stored) ?? growthOf(before, after, `${events}_total`, stored);

/** The counter of events may only be there once there are events. */
const countsRouting = (samples: readonly Sample[]): boolean => sumOf(samples, requests) !== null;

/** Waits until the first prompt's events have come, or long enough. */
const afterEvents = async (run: Run, before: readonly Sample[]): Promise<Sample[]> => {
  const { tools } = run;
  const until = tools.now() + eventsMs;
  for (;;) {
    const now = await metricsOf(run);
    const applied = appliedBetween(before, now) ?? 0;
    if (!countsRouting(now) || applied > 0 || tools.now() >= until) return now;
    await tools.sleep(lookEveryMs);
  }
};

const prompted = async (run: Run, model: string, content: string): Promise<Good | null> => {
  const options = { maxTokens: 4, stream: false, timeoutMs: promptMs };
  const judged = judgeChat(await ask(run.tools.send, chatAsk(model, content, options)), model);
  return judged.kind === 'good' ? judged : null;
};

/** With a temperature above 0 the router may choose a worker that has nothing cached: it gets some more chances. */
const mostRepeats = 4;

type Repeated = { readonly after: readonly Sample[]; readonly last: Good };

const cachedIn = ({ last, after }: Repeated, between: readonly Sample[]): number | null =>
  last.cachedTokens ?? growthOf(between, after, 'dynamo_frontend_cached_tokens_sum');

/** Sends the prompt again until it is found in a cache; once where no event reached the router, since it could not be. */
const repeat = async (
  run: Run,
  ask: () => Promise<Good | null>,
  between: readonly Sample[],
  hears: boolean,
): Promise<Repeated | null> => {
  for (let times = 1; ; times += 1) {
    const last = await ask();
    if (last === null) return null;
    const repeated = { last, after: await metricsOf(run) };
    if (!hears || times === mostRepeats || (cachedIn(repeated, between) ?? 0) > 0) return repeated;
  }
};

const observe = async (run: Run, model: string): Promise<RouterSeen | null> => {
  const content = longPrompt(run.tools.now(), run.deployed.maxModelLen);
  const ask = (): Promise<Good | null> => prompted(run, model, content);
  const before = await metricsOf(run);
  if ((await ask()) === null) return null;
  const between = await afterEvents(run, before);
  const applied = appliedBetween(before, between);
  const repeated = await repeat(run, ask, between, (applied ?? 0) > 0);
  if (repeated === null) return null;
  const { after } = repeated;
  return {
    applied,
    hitRate: growthOf(between, after, rate),
    routed: growthOf(before, after, requests),
    mismatched: sumOf(after, mismatch),
    cached: cachedIn(repeated, between),
  };
};

const warnings = (run: Run, router: RouterAsk, { because, outcome }: RouterVerdict): Finding[] => {
  const found: Finding[] = [];
  const name = run.deployed.name;
  const enable = router.toPublish.length === 0 ? '--kv-events-config' : router.toPublish.join(' ');
  if (because !== null && outcome === 'warn')
    found.push(
      finding(
        'kv-router-not-event-driven',
        'warning',
        '',
        `The KV router of ${name} does not follow the workers' KV events and only guesses: ${because}.`,
        router.approximate !== null
          ? `Remove ${router.approximate} from the frontend to let it listen to KV events.`
          : `Render the deployment again for its release, or give the workers PYTHONHASHSEED=0 and these arguments: ${enable}`,
      ),
    );
  if (router.ignoredWeight !== null)
    found.push(
      finding(
        'router-weight-ignored',
        'warning',
        '',
        `${router.ignoredWeight.name} on the frontend of ${name} is ignored: Dynamo ${run.deployed.release ?? ''} does not read that name.`,
        `Use ${router.ignoredWeight.successor} instead, or remove it.`,
      ),
    );
  return found;
};

/** Warnings at most: the model is served in any case. */
export const proveRouter = async (run: Run, model: string): Promise<readonly Finding[]> => {
  const { router } = run.deployed;
  if (router === null) return [];
  const step = begin(run, 'router', 'routing follows the KV cache');
  const seen = await observe(run, model);
  if (seen === null) {
    step.end('unknown', 'the long prompt was not answered');
    return warnings(run, router, { outcome: 'unknown', detail: '', because: null });
  }
  const verdict = judgeRouter(router, seen);
  step.end(verdict.outcome, verdict.detail);
  return warnings(run, router, verdict);
};
