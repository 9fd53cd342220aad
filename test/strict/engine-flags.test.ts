/** The committed engine lists against the files they were made from, when those are beside the checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  type EngineFlag,
  engineTable,
  holdersOf,
} from '../../src/components/nvidia-platform/dynamo-vllm/engine/table.ts';
import { describeUnless } from '../kit/skip.ts';

const folder = new URL('../../../shared/facts/engine-flags/', import.meta.url);
const present = existsSync(folder);
const missing = present
  ? undefined
  : 'the lists of engine flags do not stand beside the checkout (../shared/facts)';

const files = present ? readdirSync(folder).filter(name => name.endsWith('.json')) : [];

type Source = Record<string, unknown> & {
  readonly release: string;
  readonly worker: Record<string, EngineFlag>;
  readonly env: readonly { readonly name: string }[];
  readonly kvEventsConfig: Record<string, unknown>;
};

const read = (file: string): Source => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

const historyPart = /^(not|gone) in (\d\S*)$/;

const withoutHistory = (flag: EngineFlag): EngineFlag => {
  const { note, ...rest } = flag;
  const kept = (note ?? '').split('; ').filter(part => part !== '' && !historyPart.test(part));
  return kept.length === 0 ? rest : { ...rest, note: kept.join('; ') };
};

const carried = (source: Source) => ({
  release: source.release,
  vllm: source.vllm,
  parsing: source.parsing,
  worker: Object.fromEntries(
    Object.entries(source.worker).map(([name, flag]) => [name, withoutHistory(flag)]),
  ),
  quantization: source.quantization,
  deprecatedQuantization: source.deprecatedQuantization,
  attentionBackends: source.attentionBackends,
  attentionBlockSizes: source.attentionBlockSizes,
  connectors: source.connectors,
  kvEventsConfig: Object.keys(source.kvEventsConfig).sort(),
  kvTransferConfig: source.kvTransferConfig,
  loadFormats: source.loadFormats,
  toolCallParsers: source.toolCallParsers,
  reasoningParsers: source.reasoningParsers,
  vllmToolCallParsers: source.vllmToolCallParsers,
  vllmReasoningParsers: source.vllmReasoningParsers,
  architectures: source.architectures,
  removedArchitectures: source.removedArchitectures,
  env: source.env.map(({ name }) => name).sort(),
  vllmEnv: source.vllmEnv,
});

describeUnless(missing, 'engine lists equal their sources', () => {
  it('finds all nine releases', () => {
    expect(files).toHaveLength(9);
  });

  it.each(files)('%s, every carried member', file => {
    const source = read(file);
    expect(engineTable(source.release)).toEqual(carried(source));
  });

  it.each(files)('%s, what the notes say of neighbouring releases', file => {
    for (const [name, flag] of Object.entries(read(file).worker)) {
      for (const part of (flag.note ?? '').split('; ')) {
        const other = historyPart.exec(part)?.[2];
        expect(holdersOf(name).map(holder => holder.release)).not.toContain(other);
      }
    }
  });
});
