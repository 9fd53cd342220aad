import { describe, expect, it } from 'vitest';
import type { Awaited, Outlook } from '../../../../../../src/core/sight.ts';
import {
  container,
  deployed,
  downloadPod,
  ended,
  liveGraph,
  liveJob,
  look,
  moment,
  names,
  seen,
  time,
} from './scenery.ts';

const small = { name: 'qwen3-30b' };

describe('a download that fails', () => {
  const large = { name: 'qwen3-235b', model: 'Qwen/Qwen3-235B-A22B-FP8', tensorParallelSize: 4 };
  const failed = (awaited: Awaited, lines: readonly string[], exitCode = 1, more = {}): Outlook => {
    const pod = downloadPod(awaited, {
      status: {
        phase: 'Failed',
        containerStatuses: [
          container({ name: 'download', state: { terminated: ended(exitCode, 16, 'Error', more) } }),
        ],
      },
    });
    const logs = { [`${pod.metadata.name}/download`]: lines };
    return look(
      awaited,
      seen(17, { graph: liveGraph(awaited), jobs: [liveJob(awaited)], pods: [pod], logs }),
    );
  };

  it('because the claim is full, in the words of another downloader', () => {
    const outlook = failed(deployed(large, 220.6), [
      'Fetching 24 files:  12%|█▎        | 3/24 [00:11<01:20,  3.86s/it]',
      'huggingface_hub/file_download.py:801: UserWarning: Not enough free disk space to download the file. The expected file size is: 9999.68 MB. The target location /opt/models/x only has 1207.44 MB free disk space.',
      'RuntimeError: Data processing error: File reconstruction error: IO Error: No space left on device (os error 28)',
      'OSError: [Errno 28] No space left on device',
    ]);
    names(outlook, 'download-disk-full', [
      /dynamo-model-cache/,
      /not enough space/,
      /220\.6 GiB/,
      /10\.0 GB/,
      /Expand|delete|another claim/,
    ]);
    expect(outlook.evidence.join('\n')).toMatch(/No space left on device/);
  });

  it('because the claim is full, in the words of its own script', () => {
    const line = JSON.stringify({
      at: time(15),
      event: 'error',
      class: 'disk-full',
      message: 'Not enough room in /opt/models/x: 1 bytes (95.1 GiB) needed, 2 (12.0 GiB) free.',
      needBytes: 1,
      freeBytes: 2,
    });
    names(failed(deployed(large, 220.6), [line], 15), 'download-disk-full', [/95\.1 GiB/, /12\.0 GiB/]);
  });

  it('for each exit code of its own script, when the log cannot be read', () => {
    const awaited = deployed(large);
    const rules = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map(
      code => failed(awaited, [], code).hopeless[0]?.rule,
    );
    expect(rules).toEqual([
      'download-token-invalid',
      'download-gated',
      'download-not-found',
      'download-revision',
      'download-rate-limited',
      'download-disk-full',
      'download-dns',
      'download-proxy',
      'download-unreachable',
      'download-not-writable',
    ]);
  });

  it('reads the last words that the kubelet keeps', () => {
    const message = `${JSON.stringify({ event: 'error', class: 'gated', message: 'The token has no access (403).' })}\n`;
    names(failed(deployed(large), [], 11, { message }), 'download-gated', [/no access \(403\)/]);
  });

  it.each([
    [
      'download-unreachable',
      'HfHubHTTPError: 502 Server Error: Bad Gateway for url: https://huggingface.co/api/x',
    ],
    ['download-unreachable', "ChunkedEncodingError: ('Connection broken: IncompleteRead(1024 bytes read)')"],
    [
      'download-unreachable',
      'RuntimeError: Data processing error: CAS service error : Reqwest Error: timed out',
    ],
    ['download-disk-full', 'Data processing error: CAS service error: No space left on device (os error 28)'],
    ['download-not-found', 'Error: Repository not found. Check the `repo_id` and `repo_type` parameters.'],
    ['download-gated', 'Error: Access denied. This repository requires approval.'],
  ])('in the words of other downloaders, %s: %s', (rule, line) => {
    expect(failed(deployed(large), [line], 1).hopeless.map(one => one.rule)).toEqual([rule]);
  });

  it('because the model is gated', () => {
    const awaited = deployed({
      name: 'llama-70b',
      model: 'meta-llama/Llama-3.3-70B-Instruct',
      tensorParallelSize: 4,
    });
    const outlook = failed(awaited, [
      'Traceback (most recent call last):',
      'huggingface_hub.errors.GatedRepoError: 403 Client Error. (Request ID: Root=1-691f0c4e)',
      '',
      'Cannot access gated repo for url https://huggingface.co/meta-llama/Llama-3.3-70B-Instruct/resolve/main/config.json.',
    ]);
    names(
      outlook,
      'download-gated',
      [
        /meta-llama\/Llama-3\.3-70B-Instruct/,
        /gated/,
        /not been granted access \(403\)/,
        /huggingface\.co\/meta-llama\/Llama-3\.3-70B-Instruct/,
      ],
      [/invalid token/i, /no token/i, /401/],
    );
    const anonymous = failed(awaited, ['GatedRepoError: 401 Client Error.']);
    names(anonymous, 'download-gated', [/401/], [/403/]);
  });

  it('because there is no such model', () => {
    const awaited = deployed({ ...small, model: 'Qwen/Qwen3-30B-A3B-Instruct-2507-F8' });
    const outlook = failed(awaited, [
      'huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error. (Request ID: Root=1-691f0d10)',
      'Repository Not Found for url: https://huggingface.co/api/models/Qwen/Qwen3-30B-A3B-Instruct-2507-F8/revision/main.',
      'If you are trying to access a private or gated repo, make sure you are authenticated.',
    ]);
    names(outlook, 'download-not-found', [/Qwen3-30B-A3B-Instruct-2507-F8\b/, /404/, /spelling/]);
  });

  it('because the kernel killed it', () => {
    const awaited = deployed(large);
    const pod = downloadPod(awaited, {
      status: {
        phase: 'Failed',
        containerStatuses: [
          container({ name: 'download', state: { terminated: ended(137, 16, 'OOMKilled') } }),
        ],
      },
    });
    const outlook = look(
      awaited,
      seen(17, { graph: liveGraph(awaited), jobs: [liveJob(awaited)], pods: [pod] }),
    );
    names(outlook, 'download-killed', [/16Gi/, /OOMKilled/]);
  });

  it('as often as its Job allows, without a known cause', () => {
    const awaited = deployed(large);
    const jobs = [
      liveJob(awaited, {
        conditions: [
          { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: time(16) },
        ],
      }),
    ];
    const outlook = look(awaited, seen(25, { graph: liveGraph(awaited), jobs }));
    names(outlook, 'download-failed', [/as often as its Job allows/]);
  });

  it('once, without a known cause, and is only told', () => {
    const outlook = failed(deployed(large), ['something odd'], 3);
    expect(outlook.hopeless).toEqual([]);
    const later = outlook.lookAgainAt;
    expect(later).toBe(moment(19));
  });
});
