/** Lays what a manifest says over what is there, for when the API server cannot be asked what would come of it. */

import { type Data, isRecord, keyOf } from './diff.ts';

const ofRecords = (live: Data, here: Data): Data => ({
  ...live,
  ...Object.fromEntries(Object.entries(here).map(([name, value]) => [name, overlay(live[name], value)])),
});

const ofLists = (live: readonly unknown[], here: readonly unknown[]): readonly unknown[] => {
  const key = keyOf(live, here);
  if (key === undefined)
    return live.length === here.length ? here.map((item, at) => overlay(live[at], item)) : here;
  const [before, after] = [live as readonly Data[], here as readonly Data[]];
  const kept = before.map(item => {
    const wanted = after.find(one => one[key] === item[key]);
    return wanted === undefined ? item : overlay(item, wanted);
  });
  return [...kept, ...after.filter(item => !before.some(one => one[key] === item[key]))];
};

/** Amounts are texts or numbers, as they were written. */
const isSameAmount = (live: unknown, here: unknown): boolean =>
  (typeof live === 'string' || typeof live === 'number') &&
  (typeof here === 'string' || typeof here === 'number') &&
  String(live) === String(here);

/** `live` with everything that `here` says; what only stands in `live` stays. */
export const overlay = (live: unknown, here: unknown): unknown => {
  if (isRecord(live) && isRecord(here)) return ofRecords(live, here);
  if (Array.isArray(live) && Array.isArray(here)) return ofLists(live, here);
  return isSameAmount(live, here) ? live : here;
};
