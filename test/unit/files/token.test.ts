import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCliError } from '../../../src/errors.ts';
import { acceptToken, findToken } from '../../../src/files/token.ts';

const token = 'hf_aTokenThatIsNotOne';
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'token-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (path: string, text = `${token}\n`): string => {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

const warnings: string[] = [];
const find = (env: Readonly<Record<string, string>> = {}) => {
  warnings.length = 0;
  return findToken({ env: { HOME: home, ...env }, cwd: home }, sentence => warnings.push(sentence));
};

/** Message and hint of the refusal, as a user reads them. */
const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isCliError(error) && error.kind === 'refused') return `${error.message} ${error.hint}`;
    throw error;
  }
  return 'accepted';
};

describe('the place', () => {
  it('may be nowhere', () => {
    expect(find()).toBeNull();
    expect(findToken({ env: {}, cwd: home })).toBeNull();
    expect(warnings).toEqual([]);
  });
  it('comes in the order of the Hub’s own tools', () => {
    const usual = write('.cache/huggingface/token', 'hf_usual');
    expect(find()).toEqual({ token: 'hf_usual', source: usual });
    const xdg = write('xdg/huggingface/token', 'hf_xdg');
    const env = { XDG_CACHE_HOME: join(home, 'xdg') };
    expect(find(env)).toEqual({ token: 'hf_xdg', source: xdg });
    const folder = write('hub/token', 'hf_folder');
    const withHome = { ...env, HF_HOME: join(home, 'hub') };
    expect(find(withHome)).toEqual({ token: 'hf_folder', source: folder });
    const own = write('own', 'hf_own');
    const withPath = { ...withHome, HF_TOKEN_PATH: own };
    expect(find(withPath)).toEqual({ token: 'hf_own', source: own });
    const old = { ...withPath, HUGGING_FACE_HUB_TOKEN: 'hf_old' };
    expect(find(old)).toEqual({ token: 'hf_old', source: 'HUGGING_FACE_HUB_TOKEN' });
    expect(find({ ...old, HF_TOKEN: 'hf_new' })).toEqual({ token: 'hf_new', source: 'HF_TOKEN' });
  });
  it.each(['~/own', '$HOME/own', `\${HOME}/own`, 'own'])('may be written as %s', path => {
    const file = write('own');
    expect(find({ HF_TOKEN_PATH: path })?.source).toBe(file);
  });
  it.each(['', '  \n'])('is passed over when it holds %j', empty => {
    const file = write('.cache/huggingface/token');
    expect(find({ HF_TOKEN: empty, HUGGING_FACE_HUB_TOKEN: empty })?.source).toBe(file);
    write('.cache/huggingface/token', empty);
    expect(find()).toBeNull();
  });
});

describe('the value', () => {
  it('is taken without the blanks around it', () => {
    expect(find({ HF_TOKEN: `  ${token}\r\n` })?.token).toBe(token);
  });
  it.each([
    ['a blank', 'hf_first second'],
    ['a line break', 'hf_first\nhf_second'],
    ['quotes', '"hf_first"'],
    ['its scheme', 'Bearer hf_first'],
    ['a letter of no token', 'hf_fírst'],
    ['a control character', 'hf_first\u0007'],
  ])('is refused with %s and not shown', (_, value) => {
    const file = write('.cache/huggingface/token', value);
    for (const [act, source] of [
      [() => find(), file],
      [() => find({ HF_TOKEN: value }), 'HF_TOKEN'],
      [() => acceptToken(value, 'what was typed'), 'what was typed'],
    ] as const) {
      const said = refusal(act);
      expect(said).toContain(source);
      expect(said).toContain('https://huggingface.co/settings/tokens');
      expect(said).not.toMatch(/f[ií]rst|second/);
    }
  });
});

describe('a file that cannot be read', () => {
  it('is a mistake when a variable names it', () => {
    mkdirSync(join(home, 'hub', 'token'), { recursive: true });
    expect(refusal(() => find({ HF_TOKEN_PATH: join(home, 'hub', 'token') }))).toContain('HF_TOKEN_PATH');
    expect(refusal(() => find({ HF_HOME: join(home, 'hub') }))).toContain('is a folder');
  });
  it('is passed over aloud when it lies where nobody pointed', () => {
    mkdirSync(join(home, '.cache', 'huggingface', 'token'), { recursive: true });
    expect(find()).toBeNull();
    expect(warnings.join()).toContain('is a folder');
  });
  it('is passed over aloud when it is named and not there', () => {
    expect(find({ HF_TOKEN_PATH: join(home, 'gone') })).toBeNull();
    expect(warnings.join()).toContain('HF_TOKEN_PATH');
  });
  it('is told by its permissions', () => {
    const file = write('own');
    chmodSync(file, 0o000);
    const said = refusal(() => find({ HF_TOKEN_PATH: file }));
    // Root may read everything.
    expect(process.getuid?.() === 0 ? 'may not be read' : said).toContain('may not be read');
  });
});
