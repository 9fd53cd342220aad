/** What the Hugging Face Hub said about one model, as plain data. */

export type HubFacts = {
  /** Base address that was asked, without credentials. */
  readonly endpoint: string;
  /** As asked for. */
  readonly model: string;
  /** As asked for: branch, tag or commit. */
  readonly asked: string;
  /**
   * `found`: it is there and this token may read it. `gated`: it is there and this token, or none, may not.
   * `missing`: no such model, or a private one. `unknown`: the Hub did not answer so that one could tell; never an obstacle.
   */
  readonly verdict:
    | 'found'
    | 'gated'
    | 'missing'
    | 'revision-missing'
    | 'token-invalid'
    | 'disabled'
    | 'unknown';
  /** One sentence for `unknown` and for what the Hub said in words; empty otherwise. */
  readonly message: string;
  /** The Hub's own spelling of the id; null when not known. */
  readonly id: string | null;
  /** Commit; null when not known. */
  readonly revision: string | null;
  readonly gated: 'auto' | 'manual' | false | null;
  /** Only accounts that were let in see it; null or absent when not known. */
  readonly private?: boolean | null;
  /** Whether a token was sent. */
  readonly withToken: boolean;
  /** Account behind the token; null when not asked or not known. */
  readonly account: string | null;
  /** Bytes of the weights that an engine loads (root safetensors, duplicates left out); null when not known. */
  readonly weightsBytes: number | null;
  /** Bytes of every file a download fetches; null when not known. */
  readonly downloadBytes: number | null;
  /** The model brings Python code of its own (`auto_map`); null when not known. */
  readonly remoteCode: boolean | null;
  /** Whether the tokenizer has a chat template; null when not known. */
  readonly chatTemplate: boolean | null;
  /** Text of its config.json, or of the params.json that stands for it; null when not read. */
  readonly config: string | null;
  /** Ids near to one that is missing, best first. */
  readonly suggestions: readonly string[];
};
