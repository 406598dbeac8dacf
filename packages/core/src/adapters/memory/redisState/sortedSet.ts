/**
 * Members in the order of their scores. Members with equal scores are in the order of their text.
 */
export interface SortedSet {
  size(): number;
  scoreOf(member: string): number | undefined;
  /** Adds the member, or replaces the member's score. */
  set(member: string, score: number): void;
  /** @returns true when the set contained the member */
  delete(member: string): boolean;
  /** The member's rank; 0 for the first member. */
  rankOf(member: string): number | undefined;
  countBelow(score: number): number;
  countUpTo(score: number): number;
  /** Returns the first members. */
  first(countMax: number): string[];
  /** Returns members from a rank on. */
  range(rank: number, countMax: number): readonly ScoredMember[];
  /** Removes and returns the first members. */
  takeFirst(countMax: number): readonly ScoredMember[];
  /** Removes and returns the last members. */
  takeLast(countMax: number): readonly ScoredMember[];
}

export interface ScoredMember {
  readonly member: string;
  readonly score: number;
}

/**
 * A set in a sorted array. A lookup is a binary search. An insertion moves the entries behind it,
 * which takes microseconds for tens of thousands of entries. Most insertions are at the end,
 * because sequences and times increase.
 */
export function sortedSet(): SortedSet {
  const entries: ScoredMember[] = [];
  const byMember = new Map<string, ScoredMember>();

  /** Returns the number of entries before the first entry for which the test is false. */
  function countWhile(isBefore: (entry: ScoredMember) => boolean): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry !== undefined && isBefore(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const rank = (wanted: ScoredMember): number => countWhile((entry) => precedes(entry, wanted));

  function remove(member: string): boolean {
    const entry = byMember.get(member);
    if (entry === undefined) return false;
    entries.splice(rank(entry), 1);
    return byMember.delete(member);
  }

  function take(from: number, countMax: number): readonly ScoredMember[] {
    const taken = entries.splice(from, countMax);
    for (const { member } of taken) byMember.delete(member);
    return taken;
  }

  return {
    size: () => entries.length,
    scoreOf: (member) => byMember.get(member)?.score,
    set(member, score) {
      remove(member);
      const entry = { member, score };
      const last = entries.at(-1);
      if (last === undefined || precedes(last, entry)) entries.push(entry);
      else entries.splice(rank(entry), 0, entry);
      byMember.set(member, entry);
    },
    delete: remove,
    rankOf(member) {
      const entry = byMember.get(member);
      return entry && rank(entry);
    },
    countBelow: (score) => countWhile((entry) => entry.score < score),
    countUpTo: (score) => countWhile((entry) => entry.score <= score),
    first: (countMax) => entries.slice(0, countMax).map((entry) => entry.member),
    range: (from, countMax) => entries.slice(from, from + countMax),
    takeFirst: (countMax) => take(0, countMax),
    takeLast: (countMax) => take(Math.max(0, entries.length - countMax), countMax),
  };
}

function precedes(one: ScoredMember, other: ScoredMember): boolean {
  if (one.score !== other.score) return one.score < other.score;
  return one.member < other.member;
}
