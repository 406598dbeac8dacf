import { InvalidInputError } from "../shared/errors.ts";
import { textMistake } from "../shared/visibleText.ts";

/** Maximum number of characters of each text: the width of its column. */
export const LENGTH_MAX = {
  title: 200,
  singer: 200,
  venue: 200,
  seatNo: 32,
  section: 64,
  row: 32,
} as const;

/**
 * Checks a text. Refuses half a surrogate pair too, because the database would store another
 * character instead.
 * @returns the text in composed form
 * @throws InvalidInputError unless the text has 1 to `LENGTH_MAX` characters, not only spaces, and
 *   no invisible character
 */
export function requireText(name: keyof typeof LENGTH_MAX, text: unknown): string {
  const isText = typeof text === "string";
  const composed = isText ? text.normalize("NFC") : "";
  const mistake = textMistake(composed, LENGTH_MAX[name]);
  if (mistake === undefined) return composed;
  throw new InvalidInputError(`${name} ${mistake}`, {
    name,
    given: isText ? `${text.length} units of UTF-16` : typeof text,
  });
}
