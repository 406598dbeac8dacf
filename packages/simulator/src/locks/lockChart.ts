import { type Markup, markup, trusted } from "../report/markup.ts";
import { coordinate, diamond, logarithmic, type Scale } from "../report/scales.ts";
import { countText, durationText, meanText } from "../report/words.ts";
import { LOCK_CHART_STYLE } from "./lockChartStyle.ts";
import type { ContentionFigures, LockReport, StrategyFigures } from "./lockReport.ts";

const WIDTH = 960;
const LEFT = 168;
const RIGHT = 700;
const NOTE = 716;
const TOP = 116;
const ROW = 34;
const BAR = 16;
/** Distance from the middle of a row to the baseline of its text. */
const BASELINE = 5;
const AXIS = 52;
/** Room for the value behind the longest bar. */
const ROOM = 1.6;
const TICKS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
/** A longer axis has room only for the texts of 10 ms, 100 ms and so on. */
const ALL_TICKS_RANGE_MAX = 1_000;

/** One scenario of the study. */
export type Scenario = Pick<ContentionFigures, "buyers" | "seats">;

/**
 * Draws one scenario: for each strategy the time until the last buyer has an answer, with its
 * confidence interval, the figure of the specification, and what went wrong. The axis is
 * logarithmic. The file has its own colours, for a light and for a dark page.
 */
export function lockChart({ strategies }: LockReport, scenario: Scenario): string {
  const rows = strategies.flatMap((strategy) => {
    const found = strategy.contention.find(
      ({ buyers, seats }) => buyers === scenario.buyers && seats === scenario.seats,
    );
    return found ? [{ strategy, found }] : [];
  });
  const isCompared = scenario.seats === 1 && scenario.buyers === SPECIFIED_BUYERS;
  const longest = rows.flatMap(({ strategy, found }) => [
    found.elapsedMs.mean + found.elapsedMs.halfWidth,
    isCompared && typeof strategy.specification === "number" ? strategy.specification : 0,
  ]);
  const fromMs = axisStart(rows.map(({ found }) => found.elapsedMs.mean));
  const endMs = TICKS_MS.find((tick) => tick >= ROOM * Math.max(...longest, fromMs)) ?? 50_000;
  const x = logarithmic(fromMs, endMs, LEFT, RIGHT);
  const bottom = TOP + rows.length * ROW;
  const height = bottom + AXIS;
  const drawn = rows.map(({ strategy, found }, at) =>
    row(strategy, found, { x, y: TOP + at * ROW, isCompared }),
  );
  const hall = scenario.seats === 1 ? "one seat" : `${countText(scenario.seats)} seats`;
  const title = `${countText(scenario.buyers)} buyers of ${hall} at the same moment`;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">Time until every buyer has an answer, for each lock strategy</desc>
<style>${trusted(LOCK_CHART_STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="36">${title}</text>
<text class="sub" x="24" y="58">Time until the last buyer has an answer, 95 % interval,
 logarithmic</text>
${key(isCompared)}
<text class="sub" x="${NOTE}" y="${TOP - 12}">statements a sale · failures</text>
${ticks(x, { fromMs, endMs }, bottom)}
${drawn}
</svg>
`.html;
}

/** The specification has figures for this number of buyers of one seat. */
const SPECIFIED_BUYERS = 100;

/** A power of ten below every bar. */
function axisStart(meansMs: readonly number[]): number {
  return 10 ** Math.max(0, Math.ceil(Math.log10(Math.min(...meansMs))) - 1);
}

function key(isCompared: boolean): Markup {
  const spec = markup`<path class="spec" d="${diamond(478, 75)}"/>
<text class="sub" x="492" y="80">the specification's figure</text>`;
  return markup`<rect class="safe" x="24" y="69" width="12" height="12" rx="3"/>
<text class="sub" x="42" y="80">sells a seat once</text>
<rect class="unsafe" x="174" y="69" width="12" height="12" rx="3"/>
<text class="sub" x="192" y="80">may sell a seat twice</text>
${isCompared && spec}`;
}

function ticks(
  x: Scale,
  { fromMs, endMs }: { readonly fromMs: number; readonly endMs: number },
  bottom: number,
): readonly Markup[] {
  const isShown = (tick: number): boolean =>
    tick >= fromMs &&
    tick <= endMs &&
    (endMs / fromMs <= ALL_TICKS_RANGE_MAX || String(tick).startsWith("1"));
  return TICKS_MS.filter(isShown).map((tick) => {
    const at = coordinate(x(tick));
    const text = tick < 1_000 ? `${tick} ms` : `${tick / 1_000} s`;
    return markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP - 4}" y2="${bottom}"/>
<text class="axis" x="${at}" y="${bottom + 22}" text-anchor="middle">${text}</text>`;
  });
}

interface Place {
  readonly x: Scale;
  readonly y: number;
  readonly isCompared: boolean;
}

function row(strategy: StrategyFigures, found: ContentionFigures, { x, y, isCompared }: Place) {
  const { mean, halfWidth } = found.elapsedMs;
  const middle = y + ROW / 2;
  const [low, end, high] = [mean - halfWidth, mean, mean + halfWidth].map(x);
  const { specification } = strategy;
  const isMarked = isCompared && typeof specification === "number";
  const bar = markup`x="${LEFT}" y="${middle - BAR / 2}" height="${BAR}" rx="3"`;
  const kind = strategy.isSafe ? "safe" : "unsafe";
  const base = middle + BASELINE;
  const atValue = coordinate((high ?? RIGHT) + 8);
  return markup`<text class="name" x="${LEFT - 10}" y="${base}" text-anchor="end">
${strategy.name}</text>
<rect class="${kind}" ${bar} width="${coordinate((end ?? LEFT) - LEFT)}"/>
${halfWidth > 0 && whisker(low ?? LEFT, high ?? RIGHT, middle)}
${isMarked && markup`<path class="spec" d="${diamond(x(specification), middle)}"/>`}
<text class="value" x="${atValue}" y="${base}">${durationText(mean)}</text>
<text class="note" x="${NOTE}" y="${base}">${meanText(found.statementsPerSale)}
${troubles(found)}</text>`;
}

function whisker(low: number, high: number, y: number): Markup {
  const [from, to] = [coordinate(low), coordinate(high)];
  const path = `M${from} ${y}H${to}M${from} ${y - 5}v10M${to} ${y - 5}v10`;
  return markup`<path class="whisker" d="${path}"/>`;
}

/** The failures of the scenario: " · sold twice 31". */
function troubles({ doubleSales, deadlocks, failed }: ContentionFigures): Markup {
  const found = [
    ...(doubleSales > 0 ? [`sold twice ${meanText(doubleSales)}`] : []),
    ...(deadlocks > 0 ? [`deadlocks ${meanText(deadlocks)}`] : []),
    ...(failed > 0 ? [`failed ${meanText(failed)}`] : []),
  ];
  return found.length === 0
    ? markup``
    : markup` · <tspan class="${doubleSales > 0 ? "bad" : "poor"}">${found.join(", ")}</tspan>`;
}
