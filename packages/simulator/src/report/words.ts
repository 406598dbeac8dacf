const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** "12,345" */
export function countText(count: number): string {
  return whole.format(count);
}

/** Formats a mean of counts. Below 100 it has one digit after the point, unless it is whole. */
export function meanText(mean: number): string {
  return Number.isInteger(mean) || mean >= 100 ? countText(mean) : mean.toFixed(1);
}

/** Formats a duration with few digits: "0.24 ms", "8.6 ms", "412 ms", "3.2 s", "2 min 5 s". */
export function durationText(ms: number): string {
  if (ms < 1) return `${twoDigits.format(ms)} ms`;
  if (ms < 10) return `${oneDigit.format(ms)} ms`;
  if (ms < SECOND) return `${whole.format(ms)} ms`;
  if (ms < 10 * SECOND) return `${twoDigits.format(ms / SECOND)} s`;
  if (ms < MINUTE) return `${oneDigit.format(ms / SECOND)} s`;
  const seconds = Math.round(ms / SECOND);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Formats the ticks of a time axis, as "4.2 s". All ticks have the same unit. */
export function axisSeconds(ms: number): string {
  return `${oneDigit.format(ms / SECOND)} s`;
}

/** Formats a share in [0, 1] as a percentage: "12.5 %". */
export function percentText(share: number): string {
  return `${oneDigit.format(share * 100)} %`;
}

/** Formats a count with its noun: "1 seat", "2 seats". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : nouns}`;
}

/** Makes words of an outcome code: "found-nothing" becomes "found nothing". */
export function spaced(code: string): string {
  return code.replaceAll("-", " ");
}
