/*
 * The collations `utf8mb4_general_ci` and `ascii_general_ci` treat two characters as equal when
 * they differ only in case, or in the accents of Latin, Greek and Cyrillic letters. Each character
 * has one weight, which is a character of the Basic Multilingual Plane (MySQL manual, "Unicode
 * Character Sets"). So one letter never equals two letters.
 */
const BEYOND_ASCII = /[^\x20-\x7e]/;
/**
 * Characters that the collation may replace by another character for a comparison. The range
 * includes lone halves of surrogate pairs.
 */
const FOLDING = anyOf(
  String.raw`a-z\u00b5-\u058f\u1e00-\u1fff\u2170-\u217f\u24d0-\u24e9\uff41-\uff5a`,
  String.raw`\u{10000}-\u{10ffff}\p{Cs}`,
);
/**
 * Small letters whose capital letter is newer than MySQL's collation tables. MySQL does not know
 * the pair, so these letters keep their own weight.
 */
const LATER_CAPITAL = anyOf(
  String.raw`\u0220\u023a-\u024f\u0370-\u037f\u03cf-\u03d8\u03f7-\u03ff`,
  String.raw`\u048a\u04c0\u04c5\u04c9\u04cd\u04f6-\u04ff\u0500-\u052f\u1efa-\u1eff`,
  String.raw`\u2c60-\u2c7f\ua78d-\ua7dc`,
);
/**
 * Weights that do not follow from case and accents: sharp s, two small Greek letters, and the short
 * I.
 */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["ß", "S"],
  ["ϲ", "Σ"],
  ["ϵ", "ϵ"],
  ["Й", "Й"],
  ["й", "Й"],
]);
/**
 * A cache of computed weights. It cannot grow beyond the number of characters in the Basic
 * Multilingual Plane.
 */
const weights = new Map(EXCEPTIONS);
/** The weight of all characters beyond the Basic Multilingual Plane, and of a lone surrogate. */
const REPLACEMENT = "\ufffd";

/** Replaces each character by its weight. LIKE compares texts in this form. */
export function folded(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toUpperCase();
  return text.replaceAll(FOLDING, weightOf);
}

/**
 * Replaces each character by its weight in `utf8mb4_unicode_520_ci`, as far as the stores need it:
 * characters beyond the Basic Multilingual Plane, such as emoji, have weights of their own. All
 * other characters have the weights of `utf8mb4_general_ci`; a statement that names this collation
 * also compares by the collation of the column.
 */
export function foldedByUnicode(text: string): string {
  return text.replaceAll(FOLDING, (one) => (one.length > 1 ? one : weightOf(one)));
}

/**
 * Returns the key by which `=`, ORDER BY and unique keys compare a text. The key is in upper case,
 * because "_" sorts after the capitals but before the small letters. The key has no spaces at the
 * end, because PAD SPACE ignores them.
 */
export function textKey(text: string): string {
  const key = folded(text);
  return key.endsWith(" ") ? key.replace(/ +$/, "") : key;
}

/** Compares two texts as `=` does. */
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

/** A character that NFC replaces by another one, such as the Kelvin sign, stays unchanged. */
function withoutAccents(character: string): string {
  const [letter = character, accent] = character.normalize("NFD");
  const isAccented = accent !== undefined && /\p{L}/u.test(letter);
  return isAccented && character.normalize("NFC") === character ? letter : character;
}

function anyOf(...ranges: readonly string[]): RegExp {
  return new RegExp(`[${ranges.join("")}]`, "gu");
}
