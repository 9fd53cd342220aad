import { describe, expect, it } from 'vitest';
import { hintTo, sentTo } from '../../../src/core/reach.ts';

const flags = ['--context', 'prod eu'];
const to = (hint: string): string => hintTo(hint, flags);

describe('a hint of a run that was sent to a cluster by flags', () => {
  it.each([
    ['See why: kubectl -n a describe pvc b', "See why: kubectl --context 'prod eu' -n a describe pvc b"],
    ['See: kubectl get pods -A | grep nats', "See: kubectl --context 'prod eu' get pods -A | grep nats"],
    ['Run (`kubectl logs x`) first.', "Run (`kubectl --context 'prod eu' logs x`) first."],
    [
      'The Role: ./cli nvidia-platform dynamo-vllm check --print-rbac',
      "The Role: ./cli nvidia-platform dynamo-vllm check --context 'prod eu' --print-rbac",
    ],
    [
      'To go on: ./cli a b install\nTo see: kubectl get nodes',
      "To go on: ./cli a b install --context 'prod eu'\nTo see: kubectl --context 'prod eu' get nodes",
    ],
  ])('%s', (hint, sent) => {
    expect(to(hint)).toBe(sent);
    expect(to(sent)).toBe(sent);
  });

  it.each([
    'Delete it with kubectl.',
    'Choose one with `kubectl config use-context NAME`.',
    'Use ./cli explain a-code',
    'Look at ./cli a b render --model x',
  ])('leaves alone what names no cluster: %s', hint => {
    expect(to(hint)).toBe(hint);
  });

  it('changes nothing where no flag sent the run', () => {
    const all = [{ hint: 'See: kubectl get nodes' }];
    expect(sentTo(all)).toBe(all);
    expect(sentTo(all, flags)).toEqual([{ hint: "See: kubectl --context 'prod eu' get nodes" }]);
  });
});
