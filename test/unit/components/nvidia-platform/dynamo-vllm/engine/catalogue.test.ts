import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { engineCatalogue } from '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/catalogue.ts';

const folder = new URL(
  '../../../../../../src/components/nvidia-platform/dynamo-vllm/engine/',
  import.meta.url,
);

describe('engineCatalogue', () => {
  it('explains exactly the codes that the checks give', () => {
    const sources = readdirSync(folder).filter(name => name.endsWith('.ts') && name !== 'catalogue.ts');
    const text = sources.map(name => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    const given = new Set([...text.matchAll(/'(args-[a-z-]+)'/g)].map(match => match[1]));
    expect([...given].sort()).toEqual(Object.keys(engineCatalogue).sort());
  });

  it.each(Object.entries(engineCatalogue))('%s has four full texts', (_, entry) => {
    expect(Object.values(entry).filter(text => text.trim() === '')).toEqual([]);
    expect([entry.meaning, entry.cause, entry.remedy].filter(text => !text.endsWith('.'))).toEqual([]);
    expect(entry.title.endsWith('.')).toBe(false);
  });
});
