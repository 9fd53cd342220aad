/** Asks a Hub that a test plays; it is a stand-in on loopback, because tests have no internet. */

import { afterEach } from 'vitest';
import { askHub, type HubAsk } from '../../../src/huggingface/hub.ts';
import {
  card,
  hubEnv,
  ioWith,
  type Played,
  type Plays,
  paths,
  question,
  refusal,
  type StandIn,
  startHub,
  token,
} from './standIn.ts';

export let hub: StandIn;
afterEach(() => hub.stop());

/** Plays another Hub; it is stopped after the test. */
export const playHub = async (plays: Plays): Promise<StandIn> => {
  hub = await startHub(plays);
  return hub;
};

export const ask = async (plays: Plays, more: Partial<HubAsk> = {}) => {
  await playHub(plays);
  return askHub(ioWith(hubEnv(hub)), question(more));
};

/** A server that knows tokens: `plays` for a good one, `bad` for any other, `anonymous` without. */
export const byToken =
  (good: Played, bad: Played, anonymous: Played): Plays[string] =>
  request => {
    const { authorization } = request.headers;
    if (authorization === undefined) return anonymous;
    return authorization === `Bearer ${token}` ? good : bad;
  };

export const me: Plays = {
  [paths.whoami]: byToken(
    { body: { name: 'acme-ml', type: 'user' } },
    refusal(401, '', 'Invalid username or password.'),
    refusal(401, ''),
  ),
};

export const gatedCard = { [paths.card]: { body: card({ gated: 'manual' }) } };
export const bad = 'hf_notTheRightTokenForTests';
export const badCredentials = refusal(401, '', 'Invalid credentials in Authorization header');
