import { LOCK_CHART_STYLE } from "../locks/lockChartStyle.ts";
import { type Markup, markup, trusted } from "../report/markup.ts";
import { coordinate, diamond, logarithmic, type Scale } from "../report/scales.ts";
import { durationText } from "../report/words.ts";
import type { Distribution, ServicesReport } from "./servicesReport.ts";

const WIDTH = 960;
const LEFT = 300;
/** Leaves room for the values behind the longest time. */
const RIGHT = 696;
const TOP = 84;
const ROW = 30;
const BAR = 14;
const SECTION = 40;
const AXIS = 48;
/** Distance from the middle of a row to the baseline of its text. */
const BASELINE = 5;
const FROM_MS = 1;
const TICKS_MS = [1, 10, 100, 1_000, 10_000, 100_000];

interface Row {
  readonly name: string;
  readonly isSplit: boolean;
  readonly ms: Distribution;
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/**
 * Draws how long things take in one transaction and with two services: the bar ends at the median,
 * the line at the 95th percentile, the diamond is the longest. The axis is logarithmic.
 */
export function servicesChart(report: ServicesReport): string {
  const sections = sectionsOf(report);
  const rowCount = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const bottom = TOP + sections.length * SECTION + rowCount * ROW;
  const longest = Math.max(...sections.flatMap(({ rows }) => rows.map(({ ms }) => ms.max)));
  const endMs = TICKS_MS.find((tick) => tick >= longest) ?? 100_000;
  const x = logarithmic(FROM_MS, endMs, LEFT, RIGHT);
  let y = TOP;
  const drawn = sections.flatMap(({ title, rows }) => {
    const heading = markup`<text class="name" x="24" y="${y + SECTION / 2 + BASELINE}"
 font-weight="600">${title}</text>`;
    y += SECTION;
    const parts = rows.map((one, at) => row(one, x, y + at * ROW));
    y += rows.length * ROW;
    return [heading, ...parts];
  });
  const height = bottom + AXIS;
  const title = "One transaction and two services, in virtual time";
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">How long a payment takes and how long invariants do not hold</desc>
<style>${trusted(LOCK_CHART_STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="36">${title}</text>
<text class="sub" x="24" y="58">Bar: median · line: 95th percentile · diamond: longest</text>
${ticks(x, endMs, bottom)}
${drawn}
</svg>
`.html;
}

function sectionsOf({ costs, sales }: ServicesReport): readonly Section[] {
  const nameOf = (one: { isSplit: boolean; hasFaults: boolean }): string =>
    `${one.isSplit ? "two services" : "one transaction"}${one.hasFaults ? ", faults" : ""}`;
  const ofInvariant = (id: string): readonly Row[] =>
    sales.flatMap((sale) =>
      sale.invariants
        .filter((one) => one.id === id)
        .map(({ ms }) => ({ name: nameOf(sale), isSplit: sale.isSplit, ms })),
    );
  const ofState = (state: string): readonly Row[] =>
    sales
      .filter(({ isSplit }) => isSplit)
      .flatMap((sale) =>
        sale.states
          .filter((one) => one.state === state)
          .map(({ ms }) => ({ name: nameOf(sale), isSplit: true, ms })),
      );
  return [
    {
      title: "From the request until the seat is sold",
      rows: costs.map((cost) => ({ name: nameOf(cost), isSplit: cost.isSplit, ms: cost.ms })),
    },
    { title: "I2 does not hold: seats and payments disagree", rows: ofInvariant("I2") },
    { title: "I4 does not hold: points and prices disagree", rows: ofInvariant("I4") },
    { title: "A buyer waits in REFUNDING", rows: ofState("REFUNDING") },
  ];
}

const tickText = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);

function ticks(x: Scale, endMs: number, bottom: number): readonly Markup[] {
  return TICKS_MS.filter((tick) => tick <= endMs).map((tick) => {
    const at = coordinate(x(tick));
    return markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}"/>
<text class="axis" x="${at}" y="${bottom + 22}" text-anchor="middle">${tickText(tick)}</text>`;
  });
}

function row({ name, isSplit, ms }: Row, x: Scale, y: number): Markup {
  const middle = y + ROW / 2;
  const base = middle + BASELINE;
  const label = markup`<text class="name" x="${LEFT - 12}" y="${base}" text-anchor="end">
${name}</text>`;
  if (ms.count === 0) {
    return markup`${label}
<text class="note" x="${LEFT + 4}" y="${base}">never</text>`;
  }
  const [p50, p95, max] = [ms.p50, ms.p95, ms.max].map(x);
  const [end, line, point] = [p50 ?? LEFT, p95 ?? LEFT, max ?? LEFT];
  const width = coordinate(Math.max(2, end - LEFT));
  return markup`${label}
<rect class="${isSplit ? "unsafe" : "safe"}" x="${LEFT}" y="${middle - BAR / 2}" height="${BAR}"
 rx="3" width="${width}"/>
<path class="whisker" d="M${coordinate(end)} ${middle}H${coordinate(line)}m0 -5v10"/>
<path class="spec" d="${diamond(point, middle, 5, 6)}"/>
<text class="value" x="${coordinate(point + 10)}" y="${base}">${durationText(ms.p50)}
 · ${durationText(ms.p95)} · ${durationText(ms.max)}</text>`;
}
