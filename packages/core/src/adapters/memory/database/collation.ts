/** What `utf8mb4_general_ci` and `ascii_general_ci` do not tell apart: case, and Latin accents. */
const ACCENTS = /[\u0300-\u036f]/g;
const BEYOND_ASCII = /[^\x20-\x7e]/;

/** A text as LIKE sees it: two that differ in nothing else than case or accents become equal. */
export function folded(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  // Composed again, because Hangul came apart too, and one syllable is no part of another.
  return text.normalize("NFD").replace(ACCENTS, "").normalize("NFC").toUpperCase();
}

/**
 * A text as `=`, ORDER BY and unique keys see it. Upper case, because that decides whether "_"
 * comes before the letters; without spaces at the end, which PAD SPACE takes for nothing.
 */
export function textKey(text: string): string {
  return folded(text).replace(/ +$/, "");
}

/** `=` of two texts. */
export function isSameText(a: string, b: string): boolean {
  return a === b || textKey(a) === textKey(b);
}
