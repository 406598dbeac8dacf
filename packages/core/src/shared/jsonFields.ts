/** Matches each text of a JSON document, with the colon behind the name of a field. */
const JSON_TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/**
 * Counts the fields of a valid JSON document, also those that have the name of an earlier field.
 * `JSON.parse` keeps only the last one of them, so the parsed value then has fewer.
 */
export function fieldCountIn(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(JSON_TEXT)) if (colon !== undefined) count += 1;
  return count;
}
