// Writes engine.flags.json: `node scripts/engine-flags.mjs DIR` reads DIR/<release>.json, one file per Dynamo release, and
// stores what those releases have in common once, under the span of release lines it holds for ("0.8..1.3").
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(
  new URL('../src/components/nvidia-platform/dynamo-vllm/engine/engine.flags.json', import.meta.url),
);

const lists = [
  'quantization',
  'deprecatedQuantization',
  'attentionBackends',
  'connectors',
  'kvEventsConfig',
  'kvTransferConfig',
  'loadFormats',
  'toolCallParsers',
  'reasoningParsers',
  'vllmToolCallParsers',
  'vllmReasoningParsers',
  'architectures',
  'env',
  'vllmEnv',
];

const lineOf = release => release.split('.').slice(0, 2).join('.');

const byRelease = (a, b) => a.release.localeCompare(b.release, 'en', { numeric: true });

/** `not in 1.0.2` and `gone in 1.2.1` are what the spans say; the rest of a note is kept. */
const keptNote = note =>
  note
    .split('; ')
    .filter(part => !/^(not|gone) in \d/.test(part))
    .join('; ');

const keptFlag = ({ note, ...flag }) => {
  const kept = keptNote(note ?? '');
  return kept === '' ? flag : { ...flag, note: kept };
};

/** A list member is an array of names, an array of objects with a name, or an object whose keys are the names. */
const namesOf = value =>
  (Array.isArray(value) ? value.map(item => item.name ?? item) : Object.keys(value)).toSorted((a, b) =>
    a < b ? -1 : 1,
  );

const spanName = (lines, first, last) => (first === last ? lines[first] : `${lines[first]}..${lines[last]}`);

/** Runs of neighbouring releases whose entry has the same text. */
const runs = texts => {
  const found = [];
  for (const [at, text] of texts.entries()) {
    const run = found.at(-1);
    if (text !== undefined && run?.text === text && run.last === at - 1) run.last = at;
    else if (text !== undefined) found.push({ text, first: at, last: at });
  }
  return found;
};

/** Per release an object of entries → span → the entries that hold all through it, longest spans first. */
const spans = (lines, tables) => {
  const keys = [...new Set(tables.flatMap(table => Object.keys(table)))].toSorted((a, b) => (a < b ? -1 : 1));
  const groups = new Map();
  for (const key of keys) {
    const texts = tables.map(table => (key in table ? JSON.stringify(table[key]) : undefined));
    for (const { text, first, last } of runs(texts)) {
      const group = groups.get(spanName(lines, first, last)) ?? {
        first,
        last,
        entries: [],
      };
      group.entries.push([key, JSON.parse(text)]);
      groups.set(spanName(lines, first, last), group);
    }
  }
  const ordered = [...groups].toSorted(([, a], [, b]) => a.first - b.first || b.last - a.last);
  return Object.fromEntries(ordered.map(([span, group]) => [span, Object.fromEntries(group.entries)]));
};

const listSpans = (lines, tables) => {
  const flagged = spans(
    lines,
    tables.map(names => Object.fromEntries(names.map(name => [name, true]))),
  );
  return Object.fromEntries(Object.entries(flagged).map(([span, entries]) => [span, Object.keys(entries)]));
};

/** JSON with one entry a line, so that a change of one flag is a change of one line. */
const text = (value, depth) => {
  if (depth === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Array.isArray(value)
    ? value.map(item => text(item, depth - 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${text(item, depth - 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n').replace(/^/gm, ' ')}\n${close}`;
};

const main = folder => {
  const files = readdirSync(folder).filter(name => /^\d+\.\d+\.\d+\.json$/.test(name));
  const sources = files.map(name => JSON.parse(readFileSync(join(folder, name), 'utf8'))).toSorted(byRelease);
  const lines = sources.map(source => lineOf(source.release));
  const worker = sources.map(source =>
    Object.fromEntries(Object.entries(source.worker).map(([name, flag]) => [name, keptFlag(flag)])),
  );
  const parts = {
    releases: text(
      sources.map(({ release, vllm, parsing }) => ({ release, vllm, parsing })),
      1,
    ),
    worker: text(spans(lines, worker), 2),
    attentionBlockSizes: text(
      spans(
        lines,
        sources.map(source => source.attentionBlockSizes),
      ),
      2,
    ),
    removedArchitectures: text(
      spans(
        lines,
        sources.map(source => source.removedArchitectures),
      ),
      2,
    ),
    lists: text(
      Object.fromEntries(
        lists.map(member => [
          member,
          listSpans(
            lines,
            sources.map(source => namesOf(source[member])),
          ),
        ]),
      ),
      2,
    ),
  };
  const members = Object.entries(parts).map(([key, part]) => `"${key}": ${part}`);
  writeFileSync(target, `{\n${members.join(',\n')}\n}\n`);
  stdout.write(`${files.length} releases written to ${target}\n`);
};

if (argv[2] === undefined) {
  stderr.write('Usage: node scripts/engine-flags.mjs DIR\n');
  exit(64);
}
main(argv[2]);
