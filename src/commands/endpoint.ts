/** `endpoint [NAME]`: how to talk to a deployment, from inside and from here; with --listen it keeps the way open. */

import { quoteWord } from '../core/words.ts';
import { paintFor } from '../output/paint.ts';
import { nextLines } from '../output/verify.ts';
import { wrap } from '../output/wrap.ts';
import { type Command, type Context, commandLine } from './context.ts';
import { isOpen, listeningOf, openListening, untilStopped } from './endpoint/listen.ts';
import { type Endpoint, endpointJson, sections, variablesOf } from './endpoint/pieces.ts';
import { kubectlFor, reachWords } from './kubectl.ts';
import { type Reached, withDeployment } from './reach.ts';
import { print, printJson, say, schemaVersion } from './talk.ts';
import { clientSteps } from './verify/next.ts';

/** Stands in a snippet where the manifest does not tell. */
const unknownModel = 'MODEL';

const endpointOf = async (
  context: Context,
  { deployment }: Reached,
  url: string | null,
): Promise<Endpoint> => {
  const { name, namespace, graph, answers } = deployment;
  const [probe, deployed, inventory] = await Promise.all([
    context.entry.probe(),
    context.entry.deployed(),
    context.entry.inventory(),
  ]);
  const { service, port } = probe.target({ name, namespace, graph });
  const { address } = deployed.describe(graph, answers);
  const [model = null] = inventory.served(graph);
  const local = `${url ?? `http://127.0.0.1:${port}`}/v1`;
  const steps = clientSteps({
    name,
    namespace,
    service,
    port,
    address,
    model: model ?? unknownModel,
    line: commandLine(context.entry, '').trimEnd(),
    kubectl: kubectlFor(context),
    reach: reachWords(context),
    verbs: ['endpoint'],
    ...(url === null ? {} : { local }),
  });
  const variables = variablesOf(local, model);
  return { name, namespace, model, address, service, port, local, listening: url !== null, variables, steps };
};

const tell = ({ io, options }: Context, endpoint: Endpoint): void => {
  if (options.output === 'json') {
    printJson(io, { schemaVersion, ...endpointJson(endpoint) });
    return;
  }
  const exports = Object.entries(endpoint.variables).map(
    ([key, value]) => `export ${key}=${quoteWord(value)}`,
  );
  print(io, `${nextLines(sections(endpoint, exports), paintFor(io.color.stdout)).join('\n')}\n`);
};

/** Said, not asked: it prints all the same. */
const sayUnready = async ({ io, options, entry }: Context, { deployment }: Reached): Promise<void> => {
  const { graph, answers, name } = deployment;
  const { state } = (await entry.deployed()).describe(graph, answers);
  if (state !== 'ready' && options.quiet !== true)
    say(
      io,
      ...wrap(
        `${name} is ${state === 'not ready' ? 'not ready yet' : state}: it may not answer.`,
        io.columns,
      ),
    );
};

const listenOn = async (context: Context, reached: Reached): Promise<void> => {
  const { io, options, entry } = context;
  const { client, deployment } = reached;
  const { name, namespace, graph } = deployment;
  const listen = listeningOf(options);
  if (listen === null) return tell(context, await endpointOf(context, reached, null));
  const { service, port, podSelector, frontend } = (await entry.probe()).target({ name, namespace, graph });
  const where = { namespace, service, port, podSelector: podSelector(frontend) };
  const tunnel = await openListening(client, { ...where, listen, signal: io.signal });
  try {
    tell(context, await endpointOf(context, reached, tunnel.url));
    if (isOpen(listen))
      say(
        io,
        ...wrap(
          `warning: Whoever reaches ${tunnel.url} can use the model: nothing there asks for a password or a key.`,
          io.columns,
        ),
      );
    if (options.quiet !== true) say(io, `Listening on ${tunnel.url} until Ctrl-C.`);
    await untilStopped(tunnel, io.signal);
  } finally {
    await tunnel.close();
  }
};

export const command: Command = async context => {
  // Wrong flags are told before anything is opened.
  listeningOf(context.options);
  return withDeployment(context, async reached => {
    await sayUnready(context, reached);
    await listenOn(context, reached);
    return 0;
  });
};
