/** What to do next with a deployment that serves, as data: addresses, snippets and commands ready to copy. */

import type { ProbeReport } from '../../core/probe.ts';
import { joinWords, quoteWord } from '../../core/words.ts';

export type NextStep = {
  readonly key: 'address' | 'forward' | 'curl' | 'openai' | 'litellm' | 'commands';
  readonly title: string;
  /** Lines to copy as they are. */
  readonly lines: readonly string[];
  /** Python takes no line that begins with blanks of ours. */
  readonly flush?: true;
};

export type NextAsk = Pick<ProbeReport, 'model' | 'address'> & {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** Address of a tunnel that is open; without one a command that opens it is shown. */
  readonly local?: string;
  /** Category and component as typed: `./cli nvidia-platform dynamo-vllm`. */
  readonly line: string;
  /** `kubectl`, with the context where the run was given one. */
  readonly kubectl: string;
  /** The same flags for this program's own verbs. */
  readonly reach?: readonly string[];
  /** Names of the verbs that there are. */
  readonly verbs: readonly string[];
};

/** Verbs worth knowing after a deployment, in the order in which they are needed. */
const wanted = ['status', 'logs', 'chat', 'endpoint', 'verify', 'uninstall'] as const;

const commands = ({ verbs, line, name, namespace, reach = [] }: NextAsk): string[] =>
  wanted
    .filter(verb => verbs.includes(verb))
    .map(verb => `${line} ${joinWords([verb, name, '-n', namespace, ...reach])}`);

const curl = (local: string, model: string): string[] => {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return [
    `curl ${local}/chat/completions \\`,
    "  -H 'content-type: application/json' \\",
    `  -d ${quoteWord(body)}`,
  ];
};

const openai = (local: string, model: string): string[] => [
  'from openai import OpenAI',
  `client = OpenAI(base_url=${JSON.stringify(local)}, api_key="none")`,
  'answer = client.chat.completions.create(',
  `    model=${JSON.stringify(model)},`,
  '    messages=[{"role": "user", "content": "Hello"}],',
  ')',
  'print(answer.choices[0].message.content)',
];

const litellm = (address: string, model: string): string[] => [
  'model_list:',
  `  - model_name: ${JSON.stringify(model)}`,
  '    litellm_params:',
  `      model: ${JSON.stringify(`openai/${model}`)}`,
  `      api_base: ${address}`,
  '      api_key: none',
];

/** Ways to a port of this machine; the first needs nothing but this program. */
const forwards = ({
  verbs,
  line,
  kubectl,
  name,
  namespace,
  service,
  port,
  reach = [],
}: NextAsk): string[] => {
  const words = ['endpoint', name, '-n', namespace, ...reach, '--listen', '--port', `${port}`];
  const own = verbs.includes('endpoint') ? [`${line} ${joinWords(words)}`] : [];
  return [...own, `${kubectl} -n ${namespace} port-forward service/${service} ${port}:${port}`];
};

const forward = (ask: NextAsk): NextStep => {
  const lines = ask.local === undefined ? forwards(ask) : [ask.local];
  return {
    key: 'forward',
    title: `From here, while ${lines.length > 1 ? 'one of these' : 'this'} runs`,
    lines,
  };
};

/** Addresses and snippets, in the order in which they are shown. */
export const clientSteps = (ask: NextAsk): NextStep[] => {
  const { model, address } = ask;
  const local = ask.local ?? `http://127.0.0.1:${ask.port}/v1`;
  return [
    { key: 'address', title: 'In the cluster', lines: [address] },
    forward(ask),
    { key: 'curl', title: 'Ask it', lines: curl(local, model) },
    { key: 'openai', title: 'OpenAI SDK for Python', lines: openai(local, model), flush: true },
    { key: 'litellm', title: 'LiteLLM, config.yaml', lines: litellm(address, model) },
  ];
};

/** The same, and the verbs to look after it. */
export const nextSteps = (ask: NextAsk): NextStep[] => {
  const lines = commands(ask);
  return [
    ...clientSteps(ask),
    ...(lines.length === 0 ? [] : [{ key: 'commands' as const, title: 'Look after it', lines }]),
  ];
};
