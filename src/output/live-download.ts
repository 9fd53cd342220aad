/** The model's download as a bar with percent, bytes, rate and time left, or as one line. */

import type { DownloadRow } from '../core/sight.ts';
import { roughly } from './time.ts';
import { wrap } from './wrap.ts';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

const inGibibytes = (bytes: number): boolean => bytes >= gibibyte;
const number = (bytes: number, large: boolean): string =>
  large ? (bytes / gibibyte).toFixed(1) : String(Math.round(bytes / mebibyte));

/** `30.1 GiB`, `512 MiB`. */
export const sizeText = (bytes: number): string => {
  const large = inGibibytes(bytes);
  return `${number(bytes, large)} ${large ? 'GiB' : 'MiB'}`;
};

/** Whole percent, rounded down, so that 100 means all of it; null when one of the two is not known. */
export const percentOf = ({ doneBytes, totalBytes }: DownloadRow): number | null =>
  doneBytes === null || totalBytes === null || totalBytes <= 0
    ? null
    : Math.min(100, Math.floor((doneBytes / totalBytes) * 100));

const amount = ({ doneBytes, totalBytes }: DownloadRow): string => {
  if (doneBytes === null) return totalBytes === null ? '' : `${sizeText(totalBytes)} in all`;
  if (totalBytes === null) return `${sizeText(doneBytes)} so far`;
  const large = inGibibytes(totalBytes);
  return `${number(doneBytes, large)} of ${sizeText(totalBytes)}`;
};

/** Percent, bytes, rate and time left, as far as they are known. */
const parts = (row: DownloadRow): string[] => {
  const percent = percentOf(row);
  return [
    ...(percent === null ? [] : [`${percent} %`]),
    amount(row),
    ...(row.bytesPerSecond === null ? [] : [`${sizeText(row.bytesPerSecond)}/s`]),
    ...(row.secondsLeft === null ? [] : [`about ${roughly(row.secondsLeft)} left`]),
  ].filter(part => part !== '');
};

const narrowestBar = 10;
const widestBar = 60;

/** `[####......]  40 %  …`; no bar where there is no room or nothing to draw. */
export const downloadBar = (row: DownloadRow, columns: number): string[] => {
  const text = parts(row).join('  ');
  const percent = percentOf(row);
  const room = Math.min(widestBar, columns - 1 - text.length - '  []  '.length);
  const bar = percent !== null && room >= narrowestBar;
  const signs = Math.floor(((percent ?? 0) / 100) * room);
  const drawn = bar ? `[${'#'.repeat(signs)}${'.'.repeat(room - signs)}]  ` : '';
  const lines = drawn === '' ? wrap(text, columns - 1, '  ') : [`  ${drawn}${text}`];
  return [...(text === '' ? [] : lines), ...(row.note === '' ? [] : wrap(row.note, columns - 1, '  '))];
};

/** `model download: 40 %, 12.0 of 30.1 GiB, 512 MiB/s, about 1 min left`. */
export const downloadLine = (row: DownloadRow): string => {
  const said = [...parts(row), ...(row.note === '' ? [] : [row.note])].join(', ');
  return `model download: ${said === '' ? 'running' : said}`;
};
