/** The note of a verification: one PATCH that the API server itself keeps to our own record, and what is read back. */

import { describe, expect, it } from 'vitest';
import type { Ask, Client } from '../../../../src/cluster/client.ts';
import { ClusterError } from '../../../../src/cluster/refusal.ts';
import {
  lastVerifyAnnotation,
  lastVerifyIn,
  lastVerifyText,
} from '../../../../src/commands/verify/last-verify.ts';
import { noteVerified } from '../../../../src/commands/verify/note.ts';

const last = { at: Date.parse('2026-11-21T10:00:00Z'), by: '0.3.0', firstTokenMs: 385 };
const place = { name: 'chat', namespace: 'team' };

const clientThat = (answer: () => unknown): { readonly client: Client; readonly asked: Ask[] } => {
  const asked: Ask[] = [];
  const request = async (ask: Ask) => {
    asked.push(ask);
    return answer();
  };
  return { client: { request } as unknown as Client, asked };
};

describe('a note of a verification', () => {
  it('is one PATCH of the record, which must be ours', async () => {
    const { client, asked } = clientThat(() => ({ status: 200, body: {}, warnings: [] }));
    expect(await noteVerified(client, place, last)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/namespaces/team/configmaps/dynamo-installer-chat',
      contentType: 'application/json-patch+json',
      body: [
        { op: 'test', path: '/metadata/labels/app.kubernetes.io~1managed-by', value: 'dynamo-installer' },
        { op: 'add', path: '/metadata/annotations/dynamo-installer~1last-verify' },
      ],
    });
  });

  it.each(['forbidden', 'not-found', 'invalid', 'server', 'unreachable', 'interrupted'] as const)(
    'that ends as %s is none, and no error',
    async kind => {
      const { client } = clientThat(() => {
        throw new ClusterError(kind, 'no');
      });
      expect(await noteVerified(client, place, last)).toBe(false);
    },
  );

  it('hides no bug of ours', async () => {
    const { client } = clientThat(() => {
      throw new TypeError('a bug');
    });
    await expect(noteVerified(client, place, last)).rejects.toThrow('a bug');
  });

  it('is read as it was written, and nothing else is taken for one', () => {
    const read = (text: string) => lastVerifyIn({ [lastVerifyAnnotation]: text });
    expect(read(lastVerifyText(last))).toEqual(last);
    expect(read(lastVerifyText({ ...last, firstTokenMs: null }))).toEqual({ ...last, firstTokenMs: null });
    for (const text of [
      '',
      'yesterday',
      'null',
      '[]',
      '{"at":"never","by":"1"}',
      '{"at":"2026-11-21T10:00:00Z"}',
    ])
      expect(read(text)).toBeNull();
    expect(lastVerifyIn(undefined)).toBeNull();
  });
});
