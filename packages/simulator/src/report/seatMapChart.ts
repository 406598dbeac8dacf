import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, linear, type Scale } from "./scales.ts";
import { countText, durationText } from "./words.ts";

/** Maximum number of seats in the map. Of a larger hall, the map shows every n-th seat. */
const DOTS_MAX = 4000;
const WIDTH = 1120;
const STAGE_RADIUS = 170;
/** Half of the angle over which the rows of the hall curve, radians. */
const HALF_ANGLE = 0.92;
const SECTION_GAP_ROWS = 1.1;
const ROWS_HEIGHT_MAX = 330;
const SPACING_MAX = 24;
const SPACING_MIN = 4;

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly soldMs: number | null;
}

interface Row {
  readonly radius: number;
  readonly spacing: number;
  readonly seats: readonly (number | null)[];
}

/**
 * Draws the hall from above, with the stage at the top. The colour of a seat shows when it was
 * sold.
 */
export function seatMapChart(result: RushResult): Markup {
  const total = result.sale.seats;
  const every = Math.max(1, Math.ceil(total / DOTS_MAX));
  const sections = result.seatMap.map(({ soldMs }) =>
    soldMs.filter((_, index) => index % every === 0),
  );
  const spacing = spacingFor(sections);
  const rows = rowsOf(sections, spacing);
  const lastRadius = rows.at(-1)?.radius ?? STAGE_RADIUS;
  const top = 34 - STAGE_RADIUS * Math.cos(HALF_ANGLE);
  const height = Math.ceil(top + lastRadius + spacing + 8);
  const momentOf = shareOfSale(result);
  const dots = rows.flatMap((row) => dotsOf(row, top));
  return markup`<svg viewBox="0 0 ${WIDTH} ${height}" role="img"
      aria-label="The hall; seats by the moment they were sold">
    <g class="stage"><path d="${stagePath(top)}"/>
      <text x="${WIDTH / 2}" y="22" text-anchor="middle">stage</text></g>
    <g>${dots.map((dot) => dotMarkup(dot, spacing, momentOf))}</g>
  </svg>${keyOf(result, every)}`;
}

/** Returns the widest spacing of seats at which all rows fit. */
function spacingFor(sections: readonly (readonly (number | null)[])[]): number {
  for (let spacing = SPACING_MAX; spacing > SPACING_MIN; spacing -= 0.5) {
    const last = rowsOf(sections, spacing).at(-1)?.radius ?? 0;
    if (last - STAGE_RADIUS <= ROWS_HEIGHT_MAX) return spacing;
  }
  return SPACING_MIN;
}

function rowsOf(sections: readonly (readonly (number | null)[])[], spacing: number): Row[] {
  const rows: Row[] = [];
  let radius = STAGE_RADIUS + spacing * 1.5;
  for (const seats of sections) {
    for (let begin = 0; begin < seats.length; radius += spacing) {
      const room = Math.max(1, Math.floor((2 * HALF_ANGLE * radius) / spacing));
      rows.push({ radius, spacing, seats: seats.slice(begin, begin + room) });
      begin += room;
    }
    radius += spacing * SECTION_GAP_ROWS;
  }
  return rows;
}

function dotsOf(row: Row, top: number): Dot[] {
  const { radius, seats } = row;
  return seats.map((soldMs, index) => {
    const share = seats.length === 1 ? 0.5 : index / (seats.length - 1);
    // The last row of a section usually has fewer seats. Its seats keep the spacing, and the row is
    // centred.
    const angle = (share - 0.5) * 2 * halfAngleOf(row);
    return {
      x: WIDTH / 2 + radius * Math.sin(angle),
      y: top + radius * Math.cos(angle),
      soldMs,
    };
  });
}

/** Returns half of the angle that the row's seats take, radians. */
function halfAngleOf({ radius, seats, spacing }: Row): number {
  return Math.min(HALF_ANGLE, ((seats.length - 1) * spacing) / 2 / radius);
}

/** Maps a time of sale to [0, 1]: 0 for the first sale, 1 for the last. */
function shareOfSale({ seatMap, sale }: RushResult): Scale {
  const last = sale.lastSaleMs ?? 0;
  let first = last;
  for (const { soldMs } of seatMap) for (const ms of soldMs) first = Math.min(first, ms ?? first);
  return linear(first, last, 0, 1);
}

function dotMarkup({ x, y, soldMs }: Dot, spacing: number, momentOf: Scale): Markup {
  const at = markup`cx="${coordinate(x)}" cy="${coordinate(y)}" r="${coordinate(spacing * 0.4)}"`;
  if (soldMs === null) return markup`<circle class="unsold" ${at}/>`;
  return markup`<circle ${at} fill="${colourOf(momentOf(soldMs))}"/>`;
}

function stagePath(top: number): string {
  const radius = STAGE_RADIUS;
  const x = radius * Math.sin(HALF_ANGLE);
  const y = top + radius * Math.cos(HALF_ANGLE);
  const [left, right, edge] = [WIDTH / 2 - x, WIDTH / 2 + x, y].map(coordinate);
  return `M${left} ${edge}A${radius} ${radius} 0 0 0 ${right} ${edge}Z`;
}

/**
 * Colours from the first sale to the last. They differ visibly on a light and on a dark background,
 * and for readers with red-green colour blindness.
 */
const COLOURS = [
  [66, 58, 171],
  [142, 72, 178],
  [205, 84, 140],
  [240, 132, 88],
  [247, 198, 70],
] as const;

/**
 * Returns the colour of a time of sale. @param share the time as a share of the time until the last
 * sale, 0 to 1
 */
export function colourOf(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (COLOURS.length - 1);
  const index = Math.min(COLOURS.length - 2, Math.floor(at));
  const mixed = [0, 1, 2].map((channel) => {
    const from = COLOURS[index]?.[channel] ?? 0;
    const to = COLOURS[index + 1]?.[channel] ?? 0;
    return Math.round(from + (to - from) * (at - index));
  });
  return `rgb(${mixed.join(" ")})`;
}

function keyOf(result: RushResult, every: number): Markup {
  const stops = [0, 0.25, 0.5, 0.75, 1].map(colourOf).join(", ");
  const { lastSaleMs } = result.sale;
  return markup`<div class="seat-key"><div class="ramp"><span>first sale</span>
      <i style="background: linear-gradient(90deg, ${stops})"></i>
      <span>last sale, after ${durationText(lastSaleMs ?? 0)}</span></div>
    <div class="sections">${result.seatMap.map(sectionWords)}</div>
    ${every > 1 && markup`<p class="faint">Every ${every}th seat is drawn.</p>`}</div>`;
}

function sectionWords({ section, price, soldMs }: RushResult["seatMap"][number]): Markup {
  const sold = soldMs.filter((ms) => ms !== null);
  const last = sold.reduce((latest: number, ms) => Math.max(latest, ms), 0);
  const when = sold.length === 0 ? "" : `, the last after ${durationText(last)}`;
  return markup`<span>Section ${section}, ${countText(price)} points: ${countText(sold.length)} of
    ${countText(soldMs.length)} sold${when}</span>`;
}
