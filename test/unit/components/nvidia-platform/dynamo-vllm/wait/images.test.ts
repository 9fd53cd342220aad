import { describe, expect, it } from 'vitest';
import type { Outlook } from '../../../../../../src/core/sight.ts';
import {
  container,
  deployed,
  died,
  event,
  liveGraph,
  look,
  moment,
  names,
  podOf,
  seen,
  waiting,
} from './scenery.ts';

const small = { name: 'qwen3-30b' };

describe('an image that cannot be had', () => {
  const image = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.9.0-post1';
  const awaited = deployed(small);
  const pulling = (message: string, reason = 'ErrImagePull', name = image): Outlook => {
    const pods = ['Frontend', 'worker'].map(component =>
      podOf(awaited, component, {
        spec: { containers: [{ name: 'main', image: name }] },
        status: {
          phase: 'Pending',
          containerStatuses: [{ ...container({ state: waiting(reason, message) }), image: name }],
        },
      }),
    );
    const events = pods.map(pod => event(pod, 4, 'Failed', `Failed to pull image "${name}": ${message}`));
    return look(awaited, seen(5, { graph: liveGraph(awaited), pods, events }));
  };

  it('because its tag is that of a chart', () => {
    names(
      pulling(
        `rpc error: code = NotFound desc = failed to resolve reference "${image}": ${image}: not found`,
      ),
      'pull-not-found',
      [
        /0\.9\.0-post1/,
        /does not exist/,
        /tag is 0\.9\.0;/,
        /vllm-runtime:0\.9\.0$/m,
        /frontend and the worker/,
      ],
      [/unauthori[sz]ed|credential|pull secret/i],
    );
  });

  it.each([
    ['pull-refused', 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized'],
    ['pull-refused', 'pull access denied, repository does not exist or may require authorization'],
    ['pull-platform', 'no match for platform in manifest: not found'],
    ['pull-node-disk-full', 'write /var/lib/containerd/x: no space left on device'],
    ['pull-certificate', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ])('%s: %s', (rule, message) => {
    expect(pulling(message).hopeless.map(one => one.rule)).toEqual([rule]);
  });

  it.each([
    ['registry.example:5000/vllm@sha256:0404abc', 'registry.example:5000/vllm:TAG'],
    ['registry.example:5000/vllm', 'registry.example:5000/vllm:TAG'],
  ])('%s: the hint names another tag of the same repository', (name, other) => {
    const outlook = pulling(`failed to resolve reference "${name}": not found`, 'ErrImagePull', name);
    expect(outlook.hopeless.map(one => one.hint)).toEqual([expect.stringMatching(`--image ${other}$`)]);
  });

  it('is told while the registry may come back, and named after a minute', () => {
    const outlook = pulling('dial tcp: lookup nvcr.io: no such host', 'ImagePullBackOff');
    expect(outlook.hopeless).toEqual([]);
    expect(outlook.notices.map(one => one.rule)).toEqual(['pull-unreachable']);
    expect(outlook.lookAgainAt).toBe(moment(64));
  });
});

describe('an image that is refused', () => {
  it('because the pull secret is not there: it is named', () => {
    const awaited = deployed(small);
    const message = 'failed to authorize: unexpected status: 401 Unauthorized';
    const pod = podOf(awaited, 'worker', {
      status: {
        phase: 'Pending',
        containerStatuses: [container({ state: waiting('ErrImagePull', message) })],
      },
    });
    const said =
      'Unable to retrieve some image pull secrets (team-registry); attempting to pull the image may not succeed.';
    const events = [event(pod, 3, 'FailedToRetrieveImagePullSecret', said)];
    names(look(awaited, seen(5, { graph: liveGraph(awaited), pods: [pod], events })), 'pull-refused', [
      /pull secret team-registry that the pods name is not there/,
      /create secret docker-registry team-registry /,
    ]);
  });
});

describe('an image for another CPU', () => {
  it('is named with both architectures', () => {
    const awaited = deployed({
      name: 'qwen3-8b',
      model: 'Qwen/Qwen3-8B',
      release: '1.0.2',
      image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.0.2-efa-amd64',
    });
    const outlook = died(awaited, 'worker', ['exec /opt/dynamo/venv/bin/python3: exec format error'], 255);
    names(outlook, 'start-wrong-architecture', [/amd64/, /arm64/, /image/, /multi-arch/, /node-0/]);
  });
});
