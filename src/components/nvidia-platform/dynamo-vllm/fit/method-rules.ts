/** How a checkpoint is quantised against the methods that this vLLM has. */

import { type EngineTable, engineTable, listedReleases } from '../engine/table.ts';
import type { Asking, LegalRule, Problem } from './problem.ts';

const releasesWith = (method: string): string[] =>
  listedReleases().filter(release => engineTable(release)?.quantization.includes(method));

const problem = (level: Problem['level'], message: string, hint: string): Problem => ({
  rule: 'fit-illegal-method',
  level,
  about: 'model',
  message,
  hint,
});

/** vLLM hands these on to `inc` by itself, whatever its list says. */
const handedOn = /auto-?round/;

const gone = ({ modelId }: Asking, method: string, { vllm, release }: EngineTable): Problem[] => {
  const holders = releasesWith(method);
  // In no list at all: a plugin may bring it.
  if (holders.length === 0 || handedOn.test(method)) return [];
  return [
    problem(
      'error',
      `${modelId} is quantised with ${method}, which vLLM ${vllm} in Dynamo ${release} does not have.`,
      `Releases that have it: ${holders.map(holder => `--release ${holder}`).join(', ')}. Or use another checkpoint of the model.`,
    ),
  ];
};

const deprecated = ({ modelId }: Asking, method: string, { vllm, release }: EngineTable): Problem =>
  problem(
    'warning',
    `${modelId} is quantised with ${method}, which is deprecated: vLLM ${vllm} in Dynamo ${release} refuses it unless it is allowed.`,
    'Add --vllm-args "--allow-deprecated-quantization"',
  );

const storedMethod: LegalRule = asking => {
  const { model, choice } = asking;
  const table = engineTable(choice.release);
  const method = model.quantization?.method ?? null;
  if (table === null || method === null) return [];
  if (!table.quantization.includes(method)) return gone(asking, method, table);
  const isRefused = table.deprecatedQuantization.includes(method) && !choice.allowsDeprecated;
  return isRefused ? [deprecated(asking, method, table)] : [];
};

export const methodRules: readonly LegalRule[] = [storedMethod];
