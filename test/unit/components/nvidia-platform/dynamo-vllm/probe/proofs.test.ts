import { expect, test } from 'vitest';
import {
  judgeRouter,
  longPrompt,
  type RouterSeen,
} from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/router.ts';
import type { RouterAsk } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/probe/routing.ts';
import { chatBody, graph, happy, type Pages, play } from './played.ts';

const kv = { DYN_ROUTER_MODE: 'kv' };
const publish = ['--kv-events-config', '{"publisher":"zmq","enable_kv_cache_events":true}'];

const chat = (cached: number | null) => ({
  body: chatBody('Hello!', {
    usage: {
      prompt_tokens: 2110,
      completion_tokens: 3,
      ...(cached === null ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
    },
  }),
});

/** A frontend of 1.0 and later: what it counts grows with every long prompt. */
const counting = (events: number): Pages => {
  let asked = 0;
  return {
    'POST /v1/chat/completions': request => {
      const long = JSON.stringify(request.body).length > 1000;
      if (long) asked += 1;
      return chat(asked > 1 && long ? 1984 : 0);
    },
    'GET /metrics': () => ({
      text: [
        `dynamo_component_router_requests_total ${asked}`,
        `dynamo_component_router_kv_hit_rate_sum ${asked > 1 && events > 0 ? 0.9 : 0}`,
        `dynamo_component_kv_cache_events_applied{event_type="stored",status="ok"} ${asked > 0 ? events : 0}`,
      ].join('\n'),
    }),
  };
};

const routerStep = (report: Awaited<ReturnType<typeof play>>['report']) =>
  report.steps.find(({ step }) => step === 'router');

test('events that reach the router and a prefix that is found are a proof', async () => {
  const { report, requests } = await play({
    graph: graph({ release: '1.5.1', frontendEnv: kv, args: publish }),
    pages: counting(14),
  });
  expect(report).toMatchObject({ verdict: 'serving', findings: [] });
  expect(routerStep(report)).toMatchObject({
    outcome: 'pass',
    detail: 'event-driven: 14 KV events, 1984 tokens of the repeated prompt cached',
  });
  expect(requests.filter(line => line.startsWith('POST'))).toHaveLength(5);
});

test('a 0.9 manifest on 1.1: no event reaches the router, and the old weight is not read', async () => {
  const metrics = {
    text: `dynamo_component_router_requests_total{router_mode="kv"} 4
dynamo_component_router_kv_hit_rate_bucket{le="0"} 4
dynamo_component_router_kv_hit_rate_sum 0
dynamo_component_router_kv_hit_rate_count 4
`,
  };
  const { report, seconds } = await play({
    graph: graph({ release: '1.1.0', frontendEnv: { ...kv, DYN_KV_OVERLAP_SCORE_WEIGHT: '2.0' } }),
    pages: { 'POST /v1/chat/completions': chat(0), 'GET /metrics': metrics },
  });
  expect(report.verdict).toBe('serving');
  expect(report.findings.map(({ rule, level }) => `${rule} ${level}`)).toEqual([
    'kv-router-not-event-driven warning',
    'router-weight-ignored warning',
  ]);
  const text = report.findings.map(({ message, hint }) => `${message}\n${hint}`).join('\n');
  expect(text).toContain("The KV router of x does not follow the workers' KV events");
  expect(text).toContain('Dynamo 1.1 publishes only with --kv-events-config');
  expect(text).toContain('DYN_KV_OVERLAP_SCORE_WEIGHT on the frontend of x is ignored');
  expect(text).toContain('DYN_ROUTER_KV_OVERLAP_SCORE_WEIGHT');
  expect(text).toMatch(/render/i);
  expect(seconds).toBeLessThan(10);
});

test('workers that were told to publish and do not', async () => {
  const { report } = await play({
    graph: graph({ release: '1.5.1', frontendEnv: kv, args: publish }),
    pages: counting(0),
  });
  expect(report.findings[0]?.message).toContain('no KV event of a worker reached the router');
  expect(routerStep(report)).toMatchObject({ outcome: 'warn', detail: 'not engaged: no KV events' });
});

test('0.9 counts no events: what is cached is shown, and nothing is alleged', async () => {
  const old = graph({ release: '0.9.1', frontendEnv: kv });
  const hit = await play({
    graph: old,
    pages: { ...counting(0), 'GET /metrics': happy['GET /metrics'] ?? {} },
  });
  expect(hit.report.findings).toEqual([]);
  expect(routerStep(hit.report)).toMatchObject({
    outcome: 'pass',
    detail: '1984 tokens cached; this release does not count KV events',
  });
  const silent = await play({ graph: old });
  expect(silent.report.findings).toEqual([]);
  expect(routerStep(silent.report)?.outcome).toBe('unknown');
});

const router: RouterAsk = {
  approximate: null,
  silent: null,
  toPublish: [],
  temperature: 0,
  ignoredWeight: null,
};
const seen: RouterSeen = { applied: 3, hitRate: 0.9, routed: 2, mismatched: 0, cached: 1984 };

test('the router itself tells of workers that it hears nothing from', () => {
  expect(judgeRouter(router, { ...seen, applied: 0, mismatched: 2 })).toMatchObject({
    outcome: 'warn',
    because: '2 of the workers publish no KV events',
  });
});

test('a router that chooses by chance is asked again; one that does not has to find what was stored', async () => {
  const nothing = { ...seen, hitRate: 0, cached: 0 };
  expect(judgeRouter({ ...router, temperature: 0.5 }, nothing)).toMatchObject({
    outcome: 'pass',
    detail: 'event-driven: 3 KV events, no hit yet at router temperature 0.5',
  });
  expect(judgeRouter(router, nothing)).toMatchObject({
    outcome: 'warn',
    detail: 'KV events arrive, but no prefix is found',
  });
  expect(judgeRouter(router, { ...nothing, hitRate: null }).outcome).toBe('pass');
  let long = 0;
  const lucky = await play({
    graph: graph({ release: '1.5.1', frontendEnv: { ...kv, DYN_ROUTER_TEMPERATURE: '0.5' }, args: publish }),
    pages: {
      ...counting(14),
      'POST /v1/chat/completions': request => {
        if (JSON.stringify(request.body).length > 1000) long += 1;
        return chat(long === 4 ? 1984 : 0);
      },
      'GET /metrics': () => ({
        text: `dynamo_component_router_requests_total ${long}\ndynamo_component_kv_cache_events_applied{event_type="stored",status="ok"} ${long}`,
      }),
    },
  });
  expect(long).toBe(4);
  expect(routerStep(lucky.report)?.detail).toContain('1984 tokens of the repeated prompt cached');
});

test('a router that was told to predict is approximate whatever it counts', () => {
  const told = { ...router, approximate: 'DYN_ROUTER_USE_KV_EVENTS=false' };
  expect(judgeRouter(told, seen)).toMatchObject({
    outcome: 'warn',
    detail: 'approximate: DYN_ROUTER_USE_KV_EVENTS=false',
  });
});

test('a counter that a release does not have yet is missing, not zero', () => {
  expect(judgeRouter(router, { ...seen, applied: null, routed: 2, hitRate: 0, cached: 0 }).outcome).toBe(
    'warn',
  );
  expect(judgeRouter(router, { ...seen, applied: null, routed: 2, hitRate: 0, cached: null }).outcome).toBe(
    'unknown',
  );
});

test('no two runs send the same beginning, and a short context gets a short prompt', () => {
  expect(longPrompt(1, null).slice(0, 8)).not.toBe(longPrompt(2, null).slice(0, 8));
  expect(longPrompt(1, null).split(' ').length).toBeGreaterThan(1000);
  expect(longPrompt(1, 2048).split(' ').length).toBeLessThan(400);
});

const prefillMetrics = (step: number): Pages => {
  let count = 3;
  return {
    'GET /metrics': () => {
      count += step;
      return {
        text: `dynamo_component_requests_total{dynamo_component="prefill",dynamo_endpoint="generate"} ${count}
dynamo_component_requests_total{dynamo_component="prefill",dynamo_endpoint="other"} ${count * 9}`,
      };
    },
  };
};

const disaggregated = graph({ mode: 'disaggregated' });
const prefillStep = (report: Awaited<ReturnType<typeof play>>['report']) =>
  report.steps.find(({ step }) => step === 'disaggregated');

test("prefill is proved by the worker's own counter", async () => {
  const { report } = await play({ graph: disaggregated, pods: { 'prefill:9090': prefillMetrics(3) } });
  expect(prefillStep(report)).toMatchObject({ outcome: 'pass', detail: '3 requests were prefilled' });
  expect(report.findings).toEqual([]);
});

test('prefill that is not used is a warning', async () => {
  const { report } = await play({ graph: disaggregated, pods: { 'prefill:9090': prefillMetrics(0) } });
  expect(report).toMatchObject({
    verdict: 'serving',
    findings: [{ rule: 'prefill-not-used', level: 'warning' }],
  });
});

test('one quiet prefill worker of two proves nothing, and neither do metrics that cannot be read', async () => {
  const two = graph({ mode: 'disaggregated', replicas: 2 });
  const quiet = await play({ graph: two, pods: { 'prefill:9090': prefillMetrics(0) } });
  expect(prefillStep(quiet.report)?.outcome).toBe('unknown');
  const unread = await play({ graph: disaggregated });
  expect(prefillStep(unread.report)?.outcome).toBe('unknown');
  expect([...quiet.report.findings, ...unread.report.findings]).toEqual([]);
});

test('KVBM shows its metrics where they are on', async () => {
  const sized = { DYN_KVBM_CPU_CACHE_GB: '20' };
  const pods = {
    'worker:6880': { 'GET /metrics': { text: 'kvbm_offload_blocks_d2h 12\nkvbm_matched_tokens 0\n' } },
  };
  const on = await play({ graph: graph({ workerEnv: { ...sized, DYN_KVBM_METRICS: 'true' } }), pods });
  expect(on.report.steps.at(-1)).toMatchObject({
    step: 'kvbm',
    outcome: 'pass',
    detail: '12 blocks offloaded to the CPU, 0 tokens matched',
  });
  const off = await play({ graph: graph({ workerEnv: sized }), pods });
  expect(off.report.steps.at(-1)).toMatchObject({
    outcome: 'unknown',
    detail: 'its metrics are off (DYN_KVBM_METRICS is not true)',
  });
});
