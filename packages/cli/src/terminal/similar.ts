import { closest, distance } from "fastest-levenshtein";

/** A text with a longer distance is another word, not a typing error. */
const DISTANCE_SHARE_MAX = 0.5;

/** Finds the name that differs least from what was typed; undefined when none is similar. */
export function similar(typed: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const best = closest(typed, [...names]);
  const share = distance(typed, best) / Math.max(typed.length, best.length);
  return share <= DISTANCE_SHARE_MAX ? best : undefined;
}
