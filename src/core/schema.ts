/** The definition of a setting: one entry yields the prompt, the flag, the answers-file key, the help line and the JSON schema. */

export type Value = string | number | boolean | readonly string[] | null;

export type Choice = {
  readonly value: string;
  /** What the prompt shows. */
  readonly label: string;
  readonly description?: string;
};

/** How a setting is asked for. A setting without it is never asked: it is a flag, an answers-file key and a line in the review. */
export type Ask = {
  /** The prompt's words, without the leading mark. */
  readonly message: string;
};

/** The setting only has a meaning when another one has this value. */
export type Needs = {
  readonly key: string;
  readonly value: Value;
  /** Keys that mean the same otherwise (`prefillReplicas` for `replicas`). */
  readonly instead?: readonly string[];
};

type Common = {
  /** The help line, in imperative or noun form, without a full stop. */
  readonly summary: string;
  /** The help's word for the value, such as `ID`. */
  readonly metavar?: string;
  /** Path in config.json below `platform.<platform>.`. */
  readonly config: string;
  readonly ask?: Ask;
  readonly needs?: Needs;
  /** False for what describes a run and not a deployment: it is not written to an answers file. */
  readonly persist?: false;
  /** Short form of the flag, one letter. */
  readonly short?: string;
};

/** One sentence saying what is wrong and what would be right, or undefined. */
export type Check = (value: string) => string | undefined;

export type Spec = Common &
  (
    | {
        readonly kind: 'text';
        readonly default: string | null;
        readonly check?: Check;
        readonly maxLength?: number;
        /** Tab and newline are allowed because they separate words. */
        readonly multiline?: true;
      }
    | {
        readonly kind: 'integer';
        readonly default: number | null;
        readonly min: number;
        readonly max: number;
      }
    | { readonly kind: 'number'; readonly default: number | null; readonly min: number; readonly max: number }
    | { readonly kind: 'switch'; readonly default: boolean | null }
    | { readonly kind: 'choice'; readonly default: string | null; readonly choices: readonly Choice[] }
    | { readonly kind: 'list'; readonly default: readonly string[]; readonly check?: Check }
  );

/** Keys are camelCase; their order is the order of asking. */
export type SettingTable = Readonly<Record<string, Spec>>;

/** `tensorParallelSize` → `tensor-parallel-size`. */
const kebab = (key: string): string => key.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);

export const flagOf = (key: string): string => `--${kebab(key)}`;

/** `tensorParallelSize` → `DYNAMO_INSTALLER_TENSOR_PARALLEL_SIZE`. */
export const variableOf = (key: string): string =>
  `DYNAMO_INSTALLER_${kebab(key).replaceAll('-', '_').toUpperCase()}`;
