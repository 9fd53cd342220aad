/** Says of a flag that this engine does not have what it is, where it exists, and what to write instead. */

import type { Finding } from '../../../../core/finding.ts';
import { nearest } from '../../../../core/suggest.ts';
import type { EngineWord, Reading } from './attach.ts';
import { type Context, finding, said, write } from './context.ts';
import { spanText } from './history.ts';
import { holdersOf, listedReleases } from './table.ts';

const omit = 'Leave it out.';
const frontendListens = 'Leave it out: the frontend answers requests, and the program sets its port.';
const parser = 'Write --dyn-tool-call-parser NAME instead.';

/** Arguments of the server that `vllm serve` puts in front of the engine. In Dynamo the frontend is the server. */
const ofServer: Readonly<Record<string, string>> = {
  '--host': frontendListens,
  '--port': frontendListens,
  '--uds': frontendListens,
  '--root-path': frontendListens,
  '--uvicorn-log-level': omit,
  '--api-server-count': 'Leave it out, and raise the number of frontends or workers instead.',
  '--api-key': 'Leave it out: the frontend answers requests; put a gateway in front of it to ask for keys.',
  '--ssl-keyfile': 'Leave it out: the frontend answers requests; put a gateway in front of it.',
  '--ssl-certfile': 'Leave it out: the frontend answers requests; put a gateway in front of it.',
  '--chat-template': 'Write --custom-jinja-template FILE instead.',
  '--chat-template-content-format': omit,
  '--response-role': omit,
  '--tool-call-parser': parser,
  '--enable-auto-tool-choice': 'Leave it out; --dyn-tool-call-parser NAME is what Dynamo has.',
  '--tool-parser-plugin': 'Leave it out and choose with --dyn-tool-call-parser NAME.',
  '--lora-modules': 'Leave it out: --enable-lora prepares the engine, and adapters are loaded while it runs.',
};

const speculative = `Write --speculative-config '{"model":"NAME","num_speculative_tokens":N}' instead.`;

/** Arguments of older vLLM releases that no release in the lists takes. */
const never: Readonly<Record<string, string>> = {
  '--speculative-model': speculative,
  '--num-speculative-tokens': speculative,
  '--guided-decoding-backend': `Write --structured-outputs-config '{"backend":"NAME"}' instead.`,
  '--num-scheduler-steps': omit,
  '--use-v2-block-manager': omit,
  '--num-lookahead-slots': omit,
  '--rope-scaling': `Write it into --hf-overrides instead, as JSON.`,
  '--rope-theta': `Write it into --hf-overrides instead, as JSON.`,
  '--max-seq-len-to-capture': 'Leave it out, or write --max-cudagraph-capture-size N.',
  '--enable-reasoning': 'Leave it out: --reasoning-parser NAME is enough.',
  '--lora-extra-vocab-size': omit,
  '--long-lora-scaling-factors': omit,
};

/** Where the lists show what went but not what came in its place. */
const successors: Readonly<Record<string, string>> = {
  '--migration-limit': 'Leave it out: from Dynamo 1.0 on the frontend has it, as DYN_MIGRATION_LIMIT.',
  '--store-kv': 'Write --discovery-backend instead.',
  '--task': 'Leave it out, or choose with --runner and --convert.',
  '--multimodal-encode-worker': 'Write --disaggregation-mode encode instead.',
  '--multimodal-worker': 'Leave it out; --enable-multimodal is still there.',
  '--is-prefill-worker':
    'Leave it out: the role is --disaggregation-mode prefill, which --mode disaggregated sets.',
  '--is-decode-worker':
    'Leave it out: the role is --disaggregation-mode decode, which --mode disaggregated sets.',
};

type Verdict = { readonly message: string; readonly hint: string };

const dashed = (typed: string): string =>
  (typed.startsWith('--') ? typed.replaceAll('_', '-') : typed).split('.')[0] ?? typed;

const elsewhere = (
  name: string,
  { table, engine, options }: Context,
  shownAs: string,
): Verdict | undefined => {
  const holders = holdersOf(name);
  const last = holders.at(-1);
  if (last === undefined) return undefined;
  const releases = holders.map(holder => holder.release);
  const gone = listedReleases().indexOf(last.release) < listedReleases().indexOf(table.release);
  const use = /deprecated.*\buse (--[\w-]+)/.exec(last.flag.note ?? '')?.[1];
  const instead = use !== undefined && options.bySpelling.has(use) ? `Write ${use} instead.` : omit;
  return {
    message: `${shownAs} is ${gone ? 'no longer' : 'not yet'} an argument of ${engine}; it is in ${spanText(releases)}.`,
    hint: gone
      ? (successors[name] ?? instead)
      : `Leave it out, or choose a release that has it: ${spanText(releases)}.`,
  };
};

/** `--no-x` exists only for some of the flags that switch something. */
const negation = (name: string, { engine, options }: Context): Verdict | undefined => {
  const positive = name.startsWith('--no-') ? options.bySpelling.get(name.replace('--no-', '--')) : undefined;
  if (positive === undefined) return undefined;
  return {
    message: `${name} is not an argument of ${engine}; ${positive.name} has no --no- form.`,
    hint: `Leave both out, or write ${positive.name}.`,
  };
};

/** Only the spellings that can stand here are suggested, with the value that was given. */
const guess = (word: EngineWord, { options }: Context): string => {
  const found = nearest(dashed(word.typed), [...options.bySpelling.keys()]);
  if (found !== undefined) return write(found, ...word.values);
  return `Remove it; if a custom image has it, let it through with --skip-check args-unknown-flag.`;
};

const verdict = (word: EngineWord, context: Context): Verdict => {
  const name = dashed(word.typed);
  const shownAs = said(word.typed);
  const server = ofServer[name];
  if (server !== undefined) {
    return {
      message: `${shownAs} is an argument of "vllm serve", not of the engine of ${context.engine}.`,
      hint: server,
    };
  }
  const old = never[name];
  if (old !== undefined)
    return {
      message: `${shownAs} is no longer an argument of ${context.engine}.`,
      hint: old,
    };
  const message = `${shownAs} is not an argument of ${context.engine}.`;
  return (
    elsewhere(name, context, shownAs) ?? negation(name, context) ?? { message, hint: guess(word, context) }
  );
};

export const unknownFlag = ({ word }: Reading, context: Context): Finding => {
  const { message, hint } = verdict(word, context);
  return finding('args-unknown-flag', message, hint);
};
