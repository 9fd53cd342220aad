/** The ways in which a run can end badly, each with its exit code. */

import type { Finding } from './core/finding.ts';

/** Exit codes by kind, a promise to scripts. */
export const exitCodes = {
  failed: 1,
  usage: 64,
  refused: 65,
  unavailable: 69,
  bug: 70,
  forbidden: 77,
  'timed-out': 124,
  interrupted: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

type Details = {
  /** What to do, with a command ready to copy. */
  readonly hint?: string;
  readonly findings?: readonly Finding[];
};

/** A user's mistake or the world's fault; printed as sentences, never as a stack. */
export class CliError extends Error {
  readonly kind: ErrorKind;
  readonly hint: string;
  readonly findings: readonly Finding[];

  constructor(kind: ErrorKind, message: string, details: Details = {}) {
    super(message);
    this.name = 'CliError';
    this.kind = kind;
    this.hint = details.hint ?? '';
    this.findings = details.findings ?? [];
  }
}

/** Bundles are loaded apart, so `instanceof` would not know another bundle's class. */
export const isCliError = (error: unknown): error is CliError =>
  error instanceof Error && error.name === 'CliError' && 'kind' in error && String(error.kind) in exitCodes;
