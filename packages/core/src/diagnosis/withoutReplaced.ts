/** When a process was alive, ms on one clock. */
export interface Life {
  readonly startedMs: number;
  /** The time of its last report. */
  readonly seenMs: number;
}

/**
 * Leaves out each silent process that was replaced: another process of its kind started later. The
 * record of the silent process remains for some time. One later process replaces one silent
 * process, even if the later process has died since.
 */
export function withoutReplaced<P>(
  silent: readonly P[],
  all: readonly P[],
  lifeOf: (process: P) => Life,
): readonly P[] {
  const byStart = all.toSorted((a, b) => lifeOf(a).startedMs - lifeOf(b).startedMs);
  const replacements = new Set(byStart);
  const bySeen = silent.toSorted((a, b) => lifeOf(a).seenMs - lifeOf(b).seenMs);
  return bySeen.filter((one) => {
    const { seenMs } = lifeOf(one);
    const replacement = [...replacements].find((other) => lifeOf(other).startedMs > seenMs);
    if (replacement) replacements.delete(replacement);
    return !replacement;
  });
}
