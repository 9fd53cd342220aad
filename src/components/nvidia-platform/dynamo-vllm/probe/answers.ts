/** Third stage: three good chat completions in a row, the last of them streamed. */

import {
  chatAsk,
  type Good,
  type Judged,
  judgeChat,
  judgeStream,
  type Streamed,
  shortPrompt,
} from './chat.ts';
import { badAnswer, chatFails, frontendGuarded, noChatTemplate, streamFails } from './findings.ts';
import {
  begin,
  type Failed,
  failed,
  type OpenStep,
  type Run,
  type Stretch,
  stretch,
  untilSaid,
} from './journal.ts';
import { isListed } from './listed.ts';
import { ask, isGuarded, list, type Reply, record, saidBy, summaryOf } from './reply.ts';

export type Answered =
  | {
      readonly kind: 'passed';
      readonly first: Good;
      readonly firstTokenMs: number | null;
      readonly tokensPerSecond: number | null;
    }
  | Failed
  /** The model was listed and is not any more: what keeps it away is told by the stage before. */
  | { readonly kind: 'unlisted' };

const wanted = 3;
/** Between good answers: a model that comes and goes in its first moments is not taken for one that serves. */
const apartMs = 1000;
/** The engine may still compile kernels for its first request. */
const answerMs = 60_000;
const maxTokens = 64;
const guardedAfterMs = 2000;
/** Answers of the same fault in a row that are believed. */
const believed = 3;
/** How long chat may answer 404 before /v1/completions is tried. */
const unknownToChatMs = 30_000;

type Rounds = {
  readonly model: string;
  readonly step: OpenStep;
  readonly guarded: Stretch;
  readonly absent: Stretch;
  readonly since: number;
  good: Good[];
  faults: number;
  streamFaults: number;
  last: string;
};

const options = (run: Run, stream: boolean) => ({
  maxTokens,
  stream,
  timeoutMs: Math.max(5000, Math.min(answerMs, run.deadline - run.tools.now())),
});

const template = /chat[ _]?template/i;

const completes = async (run: Run, model: string): Promise<boolean> => {
  const body = { model, prompt: 'Hello', max_tokens: 4 };
  const reply = await ask(run.tools.send, {
    method: 'POST',
    path: '/v1/completions',
    body,
    timeoutMs: answerMs,
  });
  return (
    reply.kind === 'answer' &&
    reply.status === 200 &&
    'finish_reason' in record(list(record(reply.body).choices)[0])
  );
};

const fail = ({ step }: Rounds, detail: string, failure: Failed): Failed => {
  step.end('fail', detail);
  return failure;
};

/** No template: the server says so, or it knows the model for completions but not for chat. */
const templateMissing = async (run: Run, rounds: Rounds, reply: Reply): Promise<Failed | null> => {
  if (reply.kind === 'broken' || reply.status === 200) return null;
  const said = template.test(saidBy(reply));
  if (!said && rounds.absent(reply.status === 404) < unknownToChatMs) return null;
  const works = await completes(run, rounds.model);
  if (!said && !works) return null;
  return fail(
    rounds,
    `${reply.status}: no chat template`,
    failed('not-serving', noChatTemplate(run.deployed, rounds.model, works)),
  );
};

/** Words for a wait that is no alarm: 404, 500 and 503 are usual for some seconds. */
const waiting = (reply: Reply): string =>
  reply.kind === 'broken' ? reply.why : `not routable yet (${reply.status})`;

const hopeless = async (run: Run, rounds: Rounds, reply: Reply): Promise<Failed | null> => {
  if (rounds.guarded(isGuarded(reply)) >= guardedAfterMs && reply.kind === 'answer') {
    const found = frontendGuarded(run.deployed, '/v1/chat/completions', reply.status);
    return fail(rounds, summaryOf(reply), failed('not-serving', found));
  }
  return templateMissing(run, rounds, reply);
};

const setBack = (run: Run, rounds: Rounds, judged: Exclude<Judged, Good>): Failed | null => {
  rounds.good = [];
  rounds.last = judged.why;
  rounds.faults = judged.kind === 'bad' ? rounds.faults + 1 : 0;
  return rounds.faults < believed
    ? null
    : fail(rounds, judged.why, failed('not-serving', badAnswer(run.deployed, judged.why)));
};

type Ended = Exclude<Answered, { kind: 'passed' }>;

const isGone = async (run: Run, { model }: Rounds, reply: Reply): Promise<boolean> =>
  reply.kind === 'answer' && reply.status === 404 && (await isListed(run, model)) === false;

/** One unary answer: null to go on. */
const plainRound = async (run: Run, rounds: Rounds): Promise<Ended | null> => {
  const reply = await ask(run.tools.send, chatAsk(rounds.model, shortPrompt, options(run, false)));
  const judged = judgeChat(reply, rounds.model);
  if (judged.kind === 'good') {
    rounds.good.push(judged);
    rounds.faults = 0;
    rounds.guarded(false);
    rounds.absent(false);
    return null;
  }
  if (await isGone(run, rounds, reply)) {
    rounds.step.end('warn', 'the model is not listed any more');
    return { kind: 'unlisted' };
  }
  if (judged.kind === 'not-yet') rounds.step.note(waiting(reply));
  return (await hopeless(run, rounds, reply)) ?? setBack(run, rounds, judged);
};

const plainRounds = async (run: Run, rounds: Rounds): Promise<Ended | null> => {
  while (rounds.good.length < wanted - 1) {
    const before = rounds.good.length;
    const failure = await plainRound(run, rounds);
    if (failure !== null) return failure;
    if (rounds.good.length <= before) return null;
    await run.tools.sleep(apartMs);
  }
  return null;
};

const figures = ({ firstTokenMs, tokensPerSecond }: Streamed): string => {
  const speed = tokensPerSecond === null ? '' : `, ${tokensPerSecond} tokens/s`;
  return firstTokenMs === null
    ? ''
    : `first token after ${Math.round(firstTokenMs)} ms${speed} (not a benchmark)`;
};

const streamRound = async (run: Run, rounds: Rounds): Promise<Answered | null> => {
  const begun = run.tools.now();
  const reply = await ask(run.tools.send, chatAsk(rounds.model, shortPrompt, options(run, true)));
  const streamed = judgeStream(reply, rounds.model);
  const { judged, firstTokenMs, tokensPerSecond } = streamed;
  const [first] = rounds.good;
  if (judged.kind === 'good' && first !== undefined) {
    rounds.step.end('pass', [`${wanted} in a row`, first.remark].filter(Boolean).join(', '));
    const step = begin(run, 'stream', 'an answer streams');
    step.end('pass', figures(streamed) || `${Math.round(run.tools.now() - begun)} ms`);
    return { kind: 'passed', first, firstTokenMs, tokensPerSecond };
  }
  rounds.good = [];
  rounds.streamFaults += 1;
  rounds.last = judged.kind === 'good' ? '' : judged.why;
  rounds.step.note('streaming does not work yet');
  return rounds.streamFaults < believed
    ? null
    : fail(rounds, rounds.last, failed('not-serving', streamFails(run.deployed, rounds.last)));
};

const round = async (run: Run, rounds: Rounds): Promise<Answered | null> => {
  const failure = await plainRounds(run, rounds);
  if (failure !== null) return failure;
  return rounds.good.length < wanted - 1 ? null : streamRound(run, rounds);
};

/** Chat completions until three in a row are good. */
export const answered = async (run: Run, model: string): Promise<Answered> => {
  const rounds: Rounds = {
    model,
    step: begin(run, 'chat', 'chat completions are good'),
    guarded: stretch(run),
    absent: stretch(run),
    since: run.tools.now(),
    good: [],
    faults: 0,
    streamFaults: 0,
    last: '',
  };
  const said = await untilSaid(run, () => round(run, rounds));
  if (said !== null) return said;
  const seconds = Math.round((run.tools.now() - rounds.since) / 1000);
  return fail(rounds, rounds.last, failed('not-serving', chatFails(run.deployed, rounds.last, seconds)));
};
