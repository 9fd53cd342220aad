/** Releases as `X.Y.Z` with an optional suffix, such as `1.4.0-cuda13`; a line of releases is `X.Y`. */

export type Release = {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** What follows the numbers, with its leading mark (`-cuda13`, `.post1`); empty when nothing does. */
  readonly suffix: string;
};

export const parseRelease = (text: string): Release | undefined => {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})((?:[-+.][0-9A-Za-z][-+.0-9A-Za-z]*)?)$/.exec(text);
  if (match === null) return undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3]),
    suffix: match[4] ?? '',
  };
};

/** `1.4` for 1.4.2. */
export const lineOf = (release: Release): string => `${release.major}.${release.minor}`;

/** Chart and wheel post-releases (`0.9.0-post1`, `1.3.0.post1`) have no image of their own: they run the image of the release. */
export const withoutPost = (text: string): string => text.replace(/[-.]post\d+$/, '');
