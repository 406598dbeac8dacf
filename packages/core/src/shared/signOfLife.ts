/**
 * A worker reports every 2 s and an API process every second. After this time without a report, a
 * process is dead, frozen, or cut off from the server that has the reports.
 */
const SILENT_MS_MAX = 10_000;

/** True for a process that neither died nor froze. */
export const isAlive = ({ silentMs }: { readonly silentMs: number }): boolean =>
  silentMs <= SILENT_MS_MAX;
