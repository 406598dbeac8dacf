import type { RushResult } from "../rush/rushResult.ts";
import { chartFrame, type Frame, legend, moment } from "./chartFrame.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, pathThrough } from "./scales.ts";
import { axisSeconds, countText } from "./words.ts";

const WIDE = { width: 1120, height: 300, rightMargin: 118 } as const;
const HALF = { width: 548, height: 250 } as const;
/** Minimum distance between the labels at the ends of lines. */
const LABEL_GAP = 15;

/** Draws the numbers of arrived buyers, admitted buyers and sold seats over time. */
export function overTimeChart(result: RushResult): Markup {
  const { bins } = result.series;
  const lines = [
    { name: "arrived", className: "arrived", totals: runningTotal(bins.arrival) },
    { name: "admitted", className: "admitted", totals: runningTotal(bins.admission) },
    { name: "seats sold", className: "sold", totals: runningTotal(bins.sale) },
  ];
  const yMax = Math.max(...lines.map((line) => line.totals.at(-1) ?? 0), result.clients.seats);
  const frame = chartFrame({
    ...WIDE,
    xMax: spanOf(result),
    yMax,
    xText: axisSeconds,
    yText: countText,
    label: "Buyers arrived, buyers admitted and seats sold over time",
  });
  const labels = placeLabels(lines.map((line) => frame.y(line.totals.at(-1) ?? 0)));
  return frame.draw([
    ...momentsOf(result, frame),
    ...lines.map(({ className, totals }) => {
      const points = pointsOf(frame, totals, result.series.binMs, spanOf(result));
      return markup`<path class="line ${className}" d="${pathThrough(points)}"/>`;
    }),
    ...lines.map(
      ({ name, className, totals }, index) =>
        markup`<text class="end ${className}" x="${frame.right + 8}"
          y="${coordinate((labels[index] ?? 0) + 4)}">
          ${countText(totals.at(-1) ?? 0)} ${name}</text>`,
    ),
  ]);
}

/** Draws the numbers of waiting buyers and active buyers over time. */
export function queueChart(result: RushResult): Markup {
  const { bins, binMs } = result.series;
  const arrived = runningTotal(bins.arrival);
  const admitted = runningTotal(bins.admission);
  const ended = runningTotal(bins.end);
  const at = (totals: readonly number[], index: number): number => totals[index] ?? 0;
  const inside = admitted.map((total, index) => Math.max(0, total - at(ended, index)));
  const waiting = arrived.map((total, index) => Math.max(0, total - at(admitted, index)));
  const stacked = inside.map((count, index) => count + at(waiting, index));
  const frame = chartFrame({
    ...HALF,
    xMax: spanOf(result),
    yMax: Math.max(1, ...stacked),
    xText: axisSeconds,
    yText: countText,
    label: "Waiting buyers and active buyers over time",
  });
  const area = (totals: readonly number[]): string => {
    const top = pointsOf(frame, totals, binMs, spanOf(result));
    const end = top.at(-1)?.[0] ?? frame.right;
    return `${pathThrough([[frame.x(0), frame.bottom], ...top, [end, frame.bottom]])}Z`;
  };
  return markup`${legend([
    ["waiting", "waiting"],
    ["admitted", "inside"],
  ])}${frame.draw([
    markup`<path class="area waiting" d="${area(stacked)}"/>`,
    markup`<path class="area admitted" d="${area(inside)}"/>`,
  ])}`;
}

/** Draws the numbers of accepted and refused holds over time. */
export function holdsChart(result: RushResult): Markup {
  const { bins, binMs } = result.series;
  const most = Math.max(1, ...bins.hold.map((count, index) => count + (bins.refusal[index] ?? 0)));
  const frame = chartFrame({
    ...HALF,
    xMax: spanOf(result),
    yMax: most,
    xText: axisSeconds,
    yText: countText,
    label: "Holds accepted and refused over time",
  });
  const width = coordinate(Math.max(1, frame.x(binMs) - frame.x(0) - 1));
  const bars = (className: string, counts: readonly number[], base: readonly number[]): Markup[] =>
    counts.flatMap((count, index) => {
      if (count === 0) return [];
      const from = base[index] ?? 0;
      const y = frame.y(from + count);
      const [x, top, height] = [frame.x(index * binMs), y, frame.y(from) - y].map(coordinate);
      return [
        markup`<rect class="bar ${className}" x="${x}" y="${top}" width="${width}"
          height="${height}"/>`,
      ];
    });
  return markup`${legend([
    ["sold", "hold accepted"],
    ["refused", "refused: another buyer was faster"],
  ])}${frame.draw([...bars("sold", bins.hold, []), ...bars("refused", bins.refusal, bins.hold)])}`;
}

/** Draws the CPU usage in cores, which shows whether the machine limited the product. */
export function loadChart(result: RushResult): Markup {
  const { cores, samples } = result.load;
  const frame = chartFrame({
    ...HALF,
    xMax: spanOf(result),
    yMax: cores,
    xText: axisSeconds,
    yText: String,
    label: "Cores in use over time",
  });
  const line = (
    className: string,
    coresOf: (sample: (typeof samples)[number]) => number | undefined,
  ) => {
    const points = samples.flatMap((sample) => {
      const used = coresOf(sample);
      const inside = sample.atMs >= 0 && sample.atMs <= spanOf(result);
      return used === undefined || !inside
        ? []
        : [[frame.x(sample.atMs), frame.y(Math.min(cores, used))] as const];
    });
    return markup`<path class="line ${className}" d="${pathThrough(points)}"/>`;
  };
  return markup`${legend([
    ["machine", "whole machine"],
    ["admitted", "API processes"],
    ["sold", "worker"],
    ["refused", "processes for waiting buyers"],
    ["arrived", "the buyers (simulator)"],
  ])}${frame.draw([
    line("machine", (sample) => sample.machine),
    line("admitted", (sample) => sample.api),
    line("sold", (sample) => sample.worker),
    line("refused", (sample) => sample.queue),
    line("arrived", (sample) => sample.buyers),
  ])}`;
}

function spanOf(result: RushResult): number {
  return Math.max(1, result.elapsedMs);
}

function momentsOf(result: RushResult, frame: Frame): readonly Markup[] {
  const moments = result.faults.map((fault, row) => moment(frame, fault.atMs, fault.what, row + 2));
  const { soldOutMs } = result.sale;
  return soldOutMs === null ? moments : [moment(frame, soldOutMs, "sold out", 1), ...moments];
}

function runningTotal(counts: readonly number[]): readonly number[] {
  let total = 0;
  return counts.map((count) => {
    total += count;
    return total;
  });
}

/** The points of a running total. The total of a bin is its value at the end of the bin. */
function pointsOf(
  frame: Frame,
  totals: readonly number[],
  binMs: number,
  spanMs: number,
): readonly (readonly [number, number])[] {
  const points = totals.map(
    (total, index) => [frame.x(Math.min(spanMs, (index + 1) * binMs)), frame.y(total)] as const,
  );
  return [[frame.x(0), frame.y(0)], ...points];
}

/** Moves labels apart, from the highest downwards, so that no label covers another. */
function placeLabels(heights: readonly number[]): readonly number[] {
  const placed = [...heights];
  const order = heights.map((_, index) => index);
  order.sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  let above = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    above = Math.max(heights[index] ?? 0, above + LABEL_GAP);
    placed[index] = above;
  }
  return placed;
}
