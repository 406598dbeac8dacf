import { InvalidInputError } from "../shared/errors.ts";

/** Maximum number of characters of each text: the width of its column. */
export const LENGTH_MAX = { title: 200, singer: 200, venue: 200, seatNo: 32, section: 64 } as const;

/**
 * Checks a text. Refuses half a surrogate pair too, because the database would store another
 * character instead.
 * @throws InvalidInputError unless the text has 1 to `LENGTH_MAX` characters, not only spaces
 */
export function requireText(name: keyof typeof LENGTH_MAX, text: unknown): void {
  const max = LENGTH_MAX[name];
  if (typeof text === "string" && text.trim() !== "" && text.isWellFormed()) {
    if (text.length <= max || [...text].length <= max) return;
  }
  throw new InvalidInputError(`${name} must be a text of 1 to ${max} characters, not only spaces`, {
    name,
    given: typeof text === "string" ? `${text.length} units of UTF-16` : typeof text,
  });
}
