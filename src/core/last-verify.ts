/** When a deployment was last verified (types only). */

export type LastVerify = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Version of the program that verified. */
  readonly by: string;
  /** Milliseconds to the first token of the streamed answer; null when it was not measured. */
  readonly firstTokenMs: number | null;
};
