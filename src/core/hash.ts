/** Content hashes of plain data, the same on every machine. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of a text, 64 hex digits. */
export const hashText = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
};

/** The first `digits` hex digits of the hash over JSON with sorted keys. */
export const hashData = (value: unknown, digits: number): string =>
  hashText(JSON.stringify(sorted(value))).slice(0, digits);
