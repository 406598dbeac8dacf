/** Maps a value to a coordinate. */
export type Scale = (value: number) => number;

/** A linear scale from [from, to] to [start, end]. An empty range maps to `start`. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const span = to - from;
  return (value) => (span === 0 ? start : start + ((value - from) / span) * (end - start));
}

/** A logarithmic scale. Values below `from` are drawn at `from`. @param from above 0 */
export function logarithmic(from: number, to: number, start: number, end: number): Scale {
  const straight = linear(Math.log(from), Math.log(to), start, end);
  return (value) => straight(Math.log(Math.min(to, Math.max(from, value))));
}

/** Step widths that are easy to read on an axis. */
const NICE_STEPS = [1, 2, 2.5, 5, 10];

/** Returns about `wanted` round values, from 0 to at least `max`. The axis ends at the last one. */
export function niceTicks(max: number, wanted: number): readonly number[] {
  if (max <= 0) return [0, 1];
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (NICE_STEPS.find((nice) => nice * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let index = 0; ; index++) {
    const tick = Number((index * step).toPrecision(12));
    ticks.push(tick);
    if (tick >= max) return ticks;
  }
}

/** Rounds to two decimals, because a screen cannot show more. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Makes an SVG path through the points. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) => `${index === 0 ? "M" : "L"}${coordinate(x)} ${coordinate(y)}`)
    .join("");
}

/** Makes an SVG path of a diamond around the point. */
export function diamond(x: number, y: number, halfWidth = 6, halfHeight = 7): string {
  const [w, h] = [halfWidth, halfHeight];
  return `M${coordinate(x)} ${coordinate(y - h)}l${w} ${h}l-${w} ${h}l-${w} -${h}z`;
}
