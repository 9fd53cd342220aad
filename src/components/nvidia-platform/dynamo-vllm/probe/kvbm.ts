/** KVBM: what its own metrics tell, where they are on. Never more than something to know. */

import { begin, type Run } from './journal.ts';
import { parseMetrics, type Sample, sumOf } from './metrics.ts';
import { get } from './reply.ts';

const counters = [
  ['kvbm_offload_blocks_d2h', 'blocks offloaded to the CPU'],
  ['kvbm_offload_blocks_d2d', 'blocks offloaded to the disk'],
  ['kvbm_onboard_blocks_h2d', 'blocks fetched back'],
  ['kvbm_matched_tokens', 'tokens matched'],
] as const;

/** `12 blocks offloaded to the CPU, 0 tokens matched`; empty when none of them is there. */
const kvbmFigures = (samples: readonly Sample[]): string =>
  counters
    .flatMap(([name, words]) => {
      const value = sumOf(samples, name) ?? sumOf(samples, `${name}_total`);
      return value === null ? [] : [`${value} ${words}`];
    })
    .join(', ');

const look = async (run: Run, component: string, port: number): Promise<string | null> => {
  const send = await run.tools.sendTo(component, port);
  if (send === null) return null;
  const reply = await get(send, '/metrics', 10_000);
  return reply.kind === 'answer' && reply.status === 200
    ? kvbmFigures(parseMetrics(reply.answer.text))
    : null;
};

export const showKvbm = async (run: Run): Promise<void> => {
  const { kvbm } = run.deployed;
  if (kvbm === null) return;
  const step = begin(run, 'kvbm', 'KVBM offloads the KV cache');
  if (kvbm.metricsPort === null) {
    step.end('unknown', 'its metrics are off (DYN_KVBM_METRICS is not true)');
    return;
  }
  const figures = await look(run, kvbm.component, kvbm.metricsPort);
  if (figures === null || figures === '') step.end('unknown', `no metrics on port ${kvbm.metricsPort}`);
  else step.end('pass', figures);
};
