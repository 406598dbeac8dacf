/**
 * A time with its zone and without milliseconds: "2026-11-28T10:00:00Z". Flags such as --since take
 * this form.
 */
export function timeText(at: Date | undefined): string {
  return at === undefined ? "-" : `${at.toISOString().slice(0, 19)}Z`;
}
