/** What differs between the arguments and variables of a role in two plans, as clauses; another name for the same is told as such. */

import type { Dialect } from '../dialect.ts';
import type { Role, RoleKind, Variable } from '../plan.ts';

/** Values by flag or name, as one text. */
type Said = ReadonlyMap<string, string>;

/** What stands between a name and its value. */
type Mark = ' ' | '=';

const isFlag = (token: string): boolean => /^--?[a-z]/i.test(token);

/** A flag that stands there several times has all its values. */
const flagsIn = (args: readonly string[]): Said => {
  const said = new Map<string, string>();
  let flag = '';
  const add = (value: string): void => {
    said.set(flag, [said.get(flag) ?? '', value].filter(part => part !== '').join(' '));
  };
  for (const token of args) {
    if (!isFlag(token)) {
      add(token);
      continue;
    }
    const [name = '', ...value] = token.split('=');
    flag = name;
    add(value.join('='));
  }
  return said;
};

const longest = 60;
const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
const whole = (mark: Mark, name: string, value: string): string =>
  short(value === '' && mark === ' ' ? name : `${name}${mark}${value}`);

/** Two ways of saying the same, by the names that are used for it. */
type Renamed = { readonly before: readonly string[]; readonly after: readonly string[] };

const told = (mark: Mark, said: Said, names: readonly string[]): string =>
  names.map(name => whole(mark, name, said.get(name) ?? '')).join(' ');

/** Applies where all of the old names went and all of the new ones came. */
const isUsed = ({ before, after }: Renamed, [old, now]: readonly [Said, Said]): boolean =>
  before.length > 0 &&
  after.length > 0 &&
  before.every(name => old.has(name) && !now.has(name)) &&
  after.every(name => now.has(name) && !old.has(name));

const one = (mark: Mark, name: string, was: string | undefined, is: string | undefined): string[] => {
  if (was === is) return [];
  if (is === undefined) return [`${whole(mark, name, was ?? '')} goes`];
  if (was === undefined) return [`${whole(mark, name, is)} comes`];
  return [`${whole(mark, name, is)} (was ${was === '' ? 'without a value' : short(was)})`];
};

const compare = (mark: Mark, [old, now]: readonly [Said, Said], renamings: readonly Renamed[]): string[] => {
  const used = renamings.filter(renamed => isUsed(renamed, [old, now]));
  const spoken = new Set(used.flatMap(({ before, after }) => [...before, ...after]));
  const names = [...new Set([...old.keys(), ...now.keys()])].filter(name => !spoken.has(name));
  return [
    ...used.map(({ before, after }) => `${told(mark, old, before)} is now ${told(mark, now, after)}`),
    ...names.flatMap(name => one(mark, name, old.get(name), now.get(name))),
  ];
};

const flagNames = (args: readonly string[]): string[] => args.filter(isFlag);

type Pair<T> = { readonly before: T; readonly after: T };

const roleFlags = ({ runtime }: Dialect, kind: RoleKind): readonly string[] =>
  kind === 'prefill' || kind === 'decode' ? runtime.role[kind] : [];

export const argumentChanges = (roles: Pair<Role>, dialects: Pair<Dialect>): string[] => {
  const { kind } = roles.after;
  const renamed = {
    before: flagNames(roleFlags(dialects.before, kind)),
    after: flagNames(roleFlags(dialects.after, kind)),
  };
  return compare(' ', [flagsIn(roles.before.args), flagsIn(roles.after.args)], [renamed]);
};

const variablesIn = (env: readonly Variable[]): Said =>
  new Map(env.map(one => [one.name, 'secret' in one ? `(from the Secret ${one.secret.name})` : one.value]));

export const variableChanges = (roles: Pair<Role>, dialects: Pair<Dialect>): string[] => {
  const renamed = {
    before: [dialects.before.runtime.overlapWeight],
    after: [dialects.after.runtime.overlapWeight],
  };
  return compare('=', [variablesIn(roles.before.env), variablesIn(roles.after.env)], [renamed]);
};
