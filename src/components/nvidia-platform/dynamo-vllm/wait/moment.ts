/** Reads the times that Kubernetes and log lines carry, without a clock. All results are milliseconds since 1970, UTC. */

/** Days since 1970-01-01 of a day of the Gregorian calendar; years are counted from March so that a leap day comes last. */
const daysSince1970 = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const fromMarch = (month + 9) % 12;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 719469;
};

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):?(\d\d))?/;

const clock = (parts: readonly (string | undefined)[]): number => {
  const [hours, minutes, seconds] = parts.map(Number);
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
};

const dayOf = (year: string | undefined, month: string | undefined, day: string | undefined): number =>
  daysSince1970(Number(year), Number(month), Number(day)) * 86_400_000;

/** A time such as `2026-11-21T08:31:12Z`, with or without a fraction; null for anything else. */
export const moment = (text: unknown): number | null => {
  const match = typeof text === 'string' ? rfc3339.exec(text) : null;
  if (match === null) return null;
  const offset = clock([match[9] ?? '0', match[10] ?? '0', '0']) * (match[8] === '-' ? -1 : 1);
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000);
  return dayOf(match[1], match[2], match[3]) + clock(match.slice(4, 7)) + fraction - offset;
};

/** Year of a time. A day can be off at the turn of a year, which only shifts how long a stage is said to last. */
const yearOf = (time: number): number => 1970 + Math.floor(time / (365.2425 * 86_400_000));

const inLine = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*Z?)/;
/** `INFO 11-21 08:31:12 [file.py:1]`: the engine's lines leave the year out. */
const engineTime = /\b(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) (\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\b/;

/** The time at which a log line says it was written; `near` supplies the year. Null when it says none. */
export const momentInLine = (line: string, near: number): number | null => {
  const full = inLine.exec(line);
  if (full !== null) return moment(full[1]);
  const short = engineTime.exec(line);
  if (short === null) return null;
  return dayOf(String(yearOf(near)), short[1], short[2]) + clock(short.slice(3, 6));
};
