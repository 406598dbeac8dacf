/** Tests whether a run with only these items fails. Returns `undefined` when no tries are left. */
type Fails<T> = (some: readonly T[]) => Promise<boolean | undefined>;

/** A smaller list to try, and the number of parts of the next round if the list fails. */
interface Candidate<T> {
  readonly some: readonly T[];
  readonly parts: number;
}

/**
 * Delta debugging (the algorithm ddmin of Zeller and Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", 2002): finds a smaller list that still fails. When no item can be left
 * out any more, or the tries are used up, the search ends. The empty list is tried first.
 */
export async function ddmin<T>(items: readonly T[], fails: Fails<T>): Promise<readonly T[]> {
  if (items.length > 0 && (await fails([]))) return [];
  let left = items;
  let parts = 2;
  while (left.length > 1) {
    const smaller = await firstFailing(candidates(left, parts), fails);
    if (smaller === "out of tries") return left;
    if (smaller) {
      left = smaller.some;
      parts = smaller.parts;
    } else if (parts >= left.length) {
      return left;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return left;
}

/**
 * Yields each part, then the list without each part. With two parts, the list without one part is
 * the other part, so it is not tried again.
 */
function* candidates<T>(items: readonly T[], parts: number): Generator<Candidate<T>> {
  const bound = (part: number): number => Math.floor((part * items.length) / parts);
  for (let part = 0; part < parts; part += 1) {
    yield { some: items.slice(bound(part), bound(part + 1)), parts: 2 };
  }
  for (let part = 0; part < parts && parts > 2; part += 1) {
    const some = [...items.slice(0, bound(part)), ...items.slice(bound(part + 1))];
    yield { some, parts: parts - 1 };
  }
}

async function firstFailing<T>(
  tried: Iterable<Candidate<T>>,
  fails: Fails<T>,
): Promise<Candidate<T> | "out of tries" | undefined> {
  for (const candidate of tried) {
    const answer = await fails(candidate.some);
    if (answer === undefined) return "out of tries";
    if (answer) return candidate;
  }
  return undefined;
}
