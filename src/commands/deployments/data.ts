/** Members of a deployment as programs read them: times as RFC 3339. */

import type { LastVerify } from '../../core/last-verify.ts';

export const timeText = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

export const lastVerifyData = (last: LastVerify | null) =>
  last === null ? null : { ...last, at: timeText(last.at) };
