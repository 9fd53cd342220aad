// What the registry knows against the packages that a run needs.

/** Retries would only make a registry that has no audit slower to say so. */
export const auditArguments = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=30000'];

const parsed = text => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const lineOf = ({ name, severity, via, fixAvailable }) => {
  const titles = via.map(cause => (typeof cause === 'string' ? `through ${cause}` : cause.title));
  return `${name}: ${severity}, ${titles.join('; ')}${fixAvailable ? ' (a fix is available)' : ''}`;
};

/**
 * @param {string} stdout what `npm audit --json` printed
 * @returns {{ kind: 'clean' } | { kind: 'unanswered', reason: string } | { kind: 'vulnerable', lines: string[] }}
 */
export const auditVerdict = stdout => {
  const report = parsed(stdout);
  if (report?.vulnerabilities === undefined) {
    return {
      kind: 'unanswered',
      reason: report?.message ?? report?.error?.summary ?? 'npm audit gave no report',
    };
  }
  const found = Object.values(report.vulnerabilities);
  return found.length === 0 ? { kind: 'clean' } : { kind: 'vulnerable', lines: found.map(lineOf) };
};
