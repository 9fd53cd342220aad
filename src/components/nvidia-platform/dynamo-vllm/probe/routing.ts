/** What a manifest says about KV-aware routing: whether it is on, whether workers publish events, and which weights nobody reads. */

import { lineOf, parseRelease } from '../../../../core/release.ts';
import { dialectFor, type RuntimeDialect } from '../dialect.ts';
import { argument } from '../graph.ts';

export type RouterAsk = {
  /** The frontend was told to predict from its own decisions instead of listening to events; the sign that says so. */
  readonly approximate: string | null;
  /** Why no worker publishes KV events; null when they do, or when the manifest does not tell. */
  readonly silent: string | null;
  /** Arguments that make workers publish; empty where they do by themselves. */
  readonly toPublish: readonly string[];
  /** Above 0 the router chooses by chance among good workers. */
  readonly temperature: number;
  /** A weight under a name that this release does not read. */
  readonly ignoredWeight: { readonly name: string; readonly successor: string } | null;
};

/** Every name the overlap weight had. The release's own stands in its dialect. */
const oldWeight = 'DYN_KV_OVERLAP_SCORE_WEIGHT';
const newWeight = 'DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT';

type Env = Readonly<Record<string, string>>;
type Words = readonly string[];

const isFalse = (value: string | undefined): boolean => /^(0|false|no|off)$/i.test(value ?? '');

const routes = (words: Words, env: Env): boolean =>
  (argument(words, '--router-mode') ?? env.DYN_ROUTER_MODE) === 'kv';

const approximateBy = (words: Words, env: Env): string | null => {
  const flag = words.find(word => word === '--no-kv-events' || word === '--no-router-kv-events');
  if (flag !== undefined) return flag;
  const name = ['DYN_ROUTER_USE_KV_EVENTS', 'DYN_KV_EVENTS'].find(each => isFalse(env[each]));
  return name === undefined ? null : `${name}=${env[name]}`;
};

const enables = (json: string): boolean => {
  try {
    return (JSON.parse(json) as { enable_kv_cache_events?: unknown }).enable_kv_cache_events === true;
  } catch {
    // Not for us to judge: the worker has read it.
    return true;
  }
};

type Image = RuntimeDialect & { readonly line: string };

const imageOf = (text: string): Image | null => {
  const release = parseRelease(text);
  return release === undefined ? null : { ...dialectFor(text, text).runtime, line: lineOf(release) };
};

const silentBecause = (words: Words, image: Image | null): string | null => {
  if (words.includes('--no-enable-prefix-caching')) return 'prefix caching is switched off';
  const config = argument(words, '--kv-events-config');
  if (config !== undefined) return enables(config) ? null : '--kv-events-config does not enable them';
  if (words.some(word => word.startsWith('--kv-events-config'))) return null;
  if (image === null || image.publishesKvEvents) return null;
  return `Dynamo ${image.line} publishes only with --kv-events-config, which the workers do not have`;
};

const ignoredOf = (env: Env, weight: string): RouterAsk['ignoredWeight'] => {
  const wrong = weight === oldWeight ? newWeight : oldWeight;
  return env[wrong] === undefined ? null : { name: wrong, successor: weight };
};

/** Null when the frontend does not route by KV cache. `engines`: words of the workers that see whole prompts. */
export const routerOf = (ask: {
  readonly frontend: { readonly words: Words; readonly env: Env };
  readonly engines: readonly Words[];
  readonly release: string | null;
}): RouterAsk | null => {
  const { words, env } = ask.frontend;
  if (!routes(words, env)) return null;
  const image = ask.release === null ? null : imageOf(ask.release);
  const reasons = ask.engines.map(engine => silentBecause(engine, image));
  return {
    approximate: approximateBy(words, env),
    silent: reasons.every(reason => reason !== null) ? (reasons[0] ?? null) : null,
    toPublish: image?.kvEvents ?? [],
    temperature: Number(argument(words, '--router-temperature') ?? env.DYN_ROUTER_TEMPERATURE ?? 0) || 0,
    ignoredWeight: image === null ? null : ignoredOf(env, image.overlapWeight),
  };
};
