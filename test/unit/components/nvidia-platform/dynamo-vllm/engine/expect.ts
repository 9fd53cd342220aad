/** Reads engine arguments in tests and gives their findings in a short form. */
import { readVllmArgs } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/read.ts';
import { listedReleases } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/table.ts';

export const all = listedReleases();

export const from = (first: string): readonly string[] => all.slice(all.indexOf(first));

export const upTo = (last: string): readonly string[] => all.slice(0, all.indexOf(last) + 1);

/** Codes of the findings, in order. */
export const rules = (text: string, release: string): string[] =>
  readVllmArgs(text, release).findings.map(finding => finding.rule);

/** The one finding there is, as `message | hint`. */
export const only = (text: string, release: string): string => {
  const { findings } = readVllmArgs(text, release);
  const [first] = findings;
  return findings.length === 1 && first !== undefined
    ? `${first.message} | ${first.hint}`
    : JSON.stringify(findings);
};

/** One case a release, for it.each. */
export const across = <T extends readonly unknown[]>(
  releases: readonly string[],
  cases: readonly T[],
): [string, ...T][] => releases.flatMap(release => cases.map((one): [string, ...T] => [release, ...one]));
