/** Owns the certificates of one rehearsal: an authority of its own, and what it signs. */

import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, implicit, integer, octets, oid, sequence, setOf, tagged, text, time, yes } from './der.ts';

/** A certificate and its private key, both PEM. */
export type Pair = { readonly cert: string; readonly key: string };

/** Who a certificate stands for. */
export type Subject = {
  /** Common name: the user name of a client certificate. */
  readonly name: string;
  /** Organisations: the groups of a client certificate. */
  readonly groups?: readonly string[];
  /** Host names and IP addresses a server certificate is good for. */
  readonly hosts?: readonly string[];
};

/** Signs certificates that are valid from an hour ago for thirty days. */
export type Authority = {
  readonly cert: string;
  issue(subject: Subject): Pair;
};

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const HOUR = 3_600_000;

/** Makes a new certificate authority (P-256). */
export function createAuthority(name: string): Authority {
  const { publicKey, privateKey } = newKey();
  const issuer = nameOf({ name });
  const extensions = [
    extension('2.5.29.19', true, sequence(yes())),
    extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
  ];
  const cert = sign(issuer, issuer, publicKey, extensions, privateKey);
  return {
    cert,
    issue(subject) {
      const own = newKey();
      const signed = sign(issuer, nameOf(subject), own.publicKey, leafExtensions(subject), privateKey);
      return { cert: signed, key: pemKey(own.privateKey) };
    },
  };
}

function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A new key pair for signing service account tokens, PEM. */
export function newSigningKey(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = newKey();
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pemKey(privateKey),
  };
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function nameOf(subject: Subject): Buffer {
  const groups = (subject.groups ?? []).map(group => setOf(sequence(oid('2.5.4.10'), text(group))));
  return sequence(...groups, setOf(sequence(oid('2.5.4.3'), text(subject.name))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), yes(), octets(value)) : sequence(oid(id), octets(value));
}

function leafExtensions(subject: Subject): Buffer[] {
  const usages = sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'));
  const out = [
    extension('2.5.29.15', true, bits(Buffer.from([0xa0]), 5)),
    extension('2.5.29.37', false, usages),
  ];
  if (subject.hosts?.length)
    out.push(extension('2.5.29.17', false, sequence(...subject.hosts.map(hostName))));
  return out;
}

function hostName(host: string): Buffer {
  if (isIP(host) === 4) return implicit(7, Buffer.from(host.split('.').map(Number)));
  return implicit(2, Buffer.from(host, 'ascii'));
}

function sign(issuer: Buffer, subject: Buffer, key: KeyObject, extensions: Buffer[], by: KeyObject): string {
  const now = Date.now();
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(12)])),
    ECDSA_SHA256,
    issuer,
    sequence(time(new Date(now - HOUR)), time(new Date(now + 30 * 24 * HOUR))),
    subject,
    key.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  const signature = createSign('SHA256').update(body).sign(by);
  const base64 = sequence(body, ECDSA_SHA256, bits(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}
