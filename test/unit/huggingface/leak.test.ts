/** No answer, however made, brings the token into what askHub returns; the Hub is a stand-in on loopback, because tests have no internet. */

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askHub } from '../../../src/huggingface/hub.ts';
import { card, hubEnv, ioWith, type Played, question, type StandIn, startHub } from './standIn.ts';

type Echo = (authorization: string) => Played;

/** Ways in which a server may send back what it was sent. */
const echoes: readonly Echo[] = [
  said => ({ status: 401, headers: { 'X-Error-Message': `Not yours: ${said}` } }),
  said => ({ status: 403, headers: { 'X-Error-Code': 'GatedRepo', 'X-Error-Message': said } }),
  said => ({ status: 404, headers: { 'X-Error-Code': 'RevisionNotFound' }, body: { error: said } }),
  said => ({ status: 404, headers: { 'X-Error-Code': said } }),
  said => ({ status: 429, headers: { 'Retry-After': said, RateLimit: `t=${said}` } }),
  said => ({ status: 302, headers: { Location: `/else?token=${encodeURIComponent(said)}` } }),
  said => ({ status: 302, headers: { Location: `http://[${said}` } }),
  said => ({ status: 302, headers: { Location: `nowhere:${encodeURIComponent(said)}` } }),
  said => ({ status: 307, headers: { Location: `http://hub.invalid/${encodeURIComponent(said)}` } }),
  said => ({ headers: { 'X-Repo-Commit': said }, body: card({ id: said, sha: said }) }),
  said => ({ body: card({ gated: said, siblings: [{ rfilename: said, size: said }] }) }),
  said => ({ body: { name: said, error: said, chat_template: said, auto_map: { [said]: said } } }),
  said => ({ body: [{ id: `acme/${said}` }, { id: said }, { id: `acme/small-model-${said}` }] }),
  said => ({ body: said }),
  said => ({ body: JSON.stringify(said) }),
];

let hub: StandIn;
let play: Echo = () => ({});
beforeAll(async () => {
  hub = await startHub({
    '*': request => play(request.headers.authorization?.slice('Bearer '.length) ?? ''),
  });
});
afterAll(() => hub.stop());

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+/=&%$#!~\\';
const tokens = fc
  .string({ unit: fc.constantFrom(...letters), minLength: 12, maxLength: 40 })
  .map(rest => `hf_${rest}`);

it('holds for every mixture of echoes', async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(
      tokens,
      fc.array(fc.constantFrom(...echoes), { minLength: 1, maxLength: 6 }),
      async (token, mixture) => {
        let nth = 0;
        play = said => {
          if (said === token) sent++;
          return (mixture[nth++ % mixture.length] ?? (() => ({})))(said);
        };
        const facts = await askHub(ioWith(hubEnv(hub)), question({ token }));
        const told = Object.values(facts).flat().map(String).join('\n');
        expect(told).not.toContain(token);
        expect(told).not.toContain(encodeURIComponent(token));
        expect(JSON.stringify(facts)).not.toContain(token);
      },
    ),
    { numRuns: 150 },
  );
  expect(sent).toBeGreaterThan(150);
});
