const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** "12,345" */
export function countText(count: number): string {
  return whole.format(count);
}

/** "0.24 ms", "8.6 ms", "412 ms", "3.2 s", "2 min 5 s": only significant digits. */
export function durationText(ms: number): string {
  if (ms < 1) return `${twoDigits.format(ms)} ms`;
  if (ms < 10) return `${oneDigit.format(ms)} ms`;
  if (ms < SECOND) return `${whole.format(ms)} ms`;
  if (ms < 10 * SECOND) return `${twoDigits.format(ms / SECOND)} s`;
  if (ms < MINUTE) return `${oneDigit.format(ms / SECOND)} s`;
  const seconds = Math.round(ms / SECOND);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "4.2 s" on an axis: one unit for all ticks. */
export function axisSeconds(ms: number): string {
  return `${oneDigit.format(ms / SECOND)} s`;
}

/** "12.5 %" of a share in [0, 1]. */
export function percentText(share: number): string {
  return `${oneDigit.format(share * 100)} %`;
}

/** "1 seat", "2 seats". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : nouns}`;
}

/** The words of an outcome code: "found-nothing" as "found nothing". */
export function spaced(code: string): string {
  return code.replaceAll("-", " ");
}
