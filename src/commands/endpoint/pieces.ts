/** What somebody needs to talk to a deployment: addresses, variables and snippets, as data. */

import type { NextStep } from '../verify/next.ts';

export type Endpoint = {
  readonly name: string;
  readonly namespace: string;
  /** Id to use in requests; null when the manifest does not tell. */
  readonly model: string | null;
  /** Inside the cluster. */
  readonly address: string;
  readonly service: string;
  readonly port: number;
  /** Base URL from here, once the way is open. */
  readonly local: string;
  /** Whether it is open now. */
  readonly listening: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly steps: readonly NextStep[];
};

/** What OpenAI's own clients read. */
export const variablesOf = (local: string, model: string | null): Record<string, string> => ({
  OPENAI_BASE_URL: local,
  OPENAI_API_KEY: 'none',
  ...(model === null ? {} : { OPENAI_MODEL: model }),
});

/** Shown in this place, before the snippets. */
const before = 'curl';

const shellStep = (exports: readonly string[]) => ({
  title: 'Variables for a shell, as clients of OpenAI read them',
  lines: exports,
});

/** Titled lines in the order in which people read them. */
export const sections = (
  { steps }: Pick<Endpoint, 'steps'>,
  exports: readonly string[],
): Pick<NextStep, 'title' | 'lines' | 'flush'>[] => {
  const at = steps.findIndex(({ key }) => key === before);
  return [...steps.slice(0, at), shellStep(exports), ...steps.slice(at)];
};

export const endpointJson = ({ steps, ...rest }: Endpoint): Record<string, unknown> => ({
  ...rest,
  ...Object.fromEntries(steps.filter(({ key }) => key !== 'address').map(({ key, lines }) => [key, lines])),
});
