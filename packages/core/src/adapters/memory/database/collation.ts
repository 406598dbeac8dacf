/*
 * What `utf8mb4_general_ci` and `ascii_general_ci` do not tell apart: case, and the accents of
 * Latin, Greek and Cyrillic letters. Each character has one weight, a character of the Basic
 * Multilingual Plane (MySQL manual, "Unicode Character Sets"), so no letter ever becomes two.
 */
const BEYOND_ASCII = /[^\x20-\x7e]/;
/** Characters that may weigh something else than themselves, half a surrogate pair among them. */
const FOLDING = anyOf(
  String.raw`a-z\u00b5-\u058f\u1e00-\u1fff\u2170-\u217f\u24d0-\u24e9\uff41-\uff5a`,
  String.raw`\u{10000}-\u{10ffff}\p{Cs}`,
);
/** Unicode gave small letters these capitals after the tables of the collation were made. */
const LATER_CAPITAL = anyOf(
  String.raw`\u0220\u023a-\u024f\u0370-\u037f\u03cf-\u03d8\u03f7-\u03ff`,
  String.raw`\u048a\u04c0\u04c5\u04c9\u04cd\u04f6-\u04ff\u0500-\u052f\u1efa-\u1eff`,
  String.raw`\u2c60-\u2c7f\ua78d-\ua7dc`,
);
/** Where the tables are no rule's: sharp s, two small letters of Greek, and the short I. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["ß", "S"],
  ["ϲ", "Σ"],
  ["ϵ", "ϵ"],
  ["Й", "Й"],
  ["й", "Й"],
]);
/** Weights that were worked out already; no more than the plane has characters. */
const weights = new Map(EXCEPTIONS);
/** All beyond the plane weigh the same, and a half pair is written as this. */
const REPLACEMENT = "\ufffd";

/** A text as LIKE sees it: each character by its weight. */
export function folded(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  return text.replaceAll(FOLDING, weightOf);
}

/**
 * A text as `=`, ORDER BY and unique keys see it. Upper case, because that decides whether "_"
 * comes before the letters; without spaces at the end, which PAD SPACE takes for nothing.
 */
export function textKey(text: string): string {
  const key = folded(text);
  return key.endsWith(" ") ? key.replace(/ +$/, "") : key;
}

/** `=` of two texts. */
export function isSameText(a: string, b: string): boolean {
  return a === b || textKey(a) === textKey(b);
}

function weightOf(character: string): string {
  if (character.length > 1 || !character.isWellFormed()) return REPLACEMENT;
  let weight = weights.get(character);
  if (weight === undefined) {
    weight = capitalOf(character);
    weights.set(character, weight);
  }
  return weight;
}

function capitalOf(character: string): string {
  const letter = withoutAccents(character);
  const capital = letter.toUpperCase();
  return capital.length > 1 || capital.search(LATER_CAPITAL) === 0 ? letter : capital;
}

/** What Unicode writes in another way altogether, as the Kelvin sign, keeps its accents. */
function withoutAccents(character: string): string {
  const [letter = character, accent] = character.normalize("NFD");
  const isAccented = accent !== undefined && /\p{L}/u.test(letter);
  return isAccented && character.normalize("NFC") === character ? letter : character;
}

function anyOf(...ranges: readonly string[]): RegExp {
  return new RegExp(`[${ranges.join("")}]`, "gu");
}
