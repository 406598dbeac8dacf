/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * 2002): a smaller list that still fails; leaving any one of it out no longer does, unless the
 * tries ran out.
 * @param fails whether a run with these alone fails; `undefined` when there are no tries left
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean | undefined>,
): Promise<readonly T[]> {
  let left = items;
  let parts = 2;
  if (left.length > 0 && (await fails([]))) return [];
  while (left.length > 1) {
    const smaller = await smallerOf(left, parts, fails);
    if (smaller === "out of tries") return left;
    if (smaller) {
      parts = Math.max(2, smaller.length < left.length / parts ? 2 : parts - 1);
      left = smaller;
    } else if (parts >= left.length) {
      return left;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return left;
}

/** The first part, or the rest without a part, that fails. */
async function smallerOf<T>(
  items: readonly T[],
  parts: number,
  fails: (some: readonly T[]) => Promise<boolean | undefined>,
): Promise<readonly T[] | "out of tries" | undefined> {
  const size = Math.ceil(items.length / parts);
  const chunks = Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) =>
    items.slice(index * size, (index + 1) * size),
  );
  const rests = chunks.map((chunk) => items.filter((item) => !chunk.includes(item)));
  for (const some of parts === 2 ? chunks : [...chunks, ...rests]) {
    const answer = await fails(some);
    if (answer === undefined) return "out of tries";
    if (answer) return some;
  }
  return undefined;
}
