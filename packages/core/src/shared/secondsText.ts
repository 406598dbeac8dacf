/** Formats a time or an age for a message, in whole seconds: "42 s". @param ms milliseconds */
export function secondsText(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
