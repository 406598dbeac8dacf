/** Why no check sees an edit: what stands behind the part that it drops. */
const REASONS: Readonly<Record<string, string>> = {};

/** What stands behind the dropped part, as the table of the page says it. */
export function reasonOf(statement: string, says: string): string {
  return REASONS[`${statement} ${says}`] ?? "not examined yet";
}
