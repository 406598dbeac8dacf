import { type Markup, markup, trusted } from "../../report/markup.ts";
import { coordinate, logarithmic, type Scale } from "../../report/scales.ts";
import { countText } from "../../report/words.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import { type EventsCell, type EventsReport, stateTitles, wayTitles } from "./eventsReport.ts";

const WIDTH = 960;
const LEFT = 250;
const RIGHT = 780;
const ROW = 26;
/** The height of the heading of a way, with the space above it. */
const HEADING = 44;
const TOP = 66;
const TICKS_MS = [1, 10, 100, 1_000, 10_000, 100_000] as const;

const STYLE = `${INCIDENT_CHART_STYLE}
.small{font-size:12px;fill:#5d5f6f}
.note{font-size:12px;fill:#43454f;paint-order:stroke;stroke:#ffffff;stroke-width:4px}
.good{fill:#16794a}.bad{fill:#b3261e}
.range{stroke:#1d1d24;stroke-width:1.5;fill:none}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}.note{fill:#c9cad6;stroke:#1e1e28}
.good{fill:#6fd6a0}.bad{fill:#ff8a80}.range{stroke:#f2f2f7}}
`;

/** Draws the median time of each way and notifier; red where buyers were refused. */
export function eventsChart({ cells }: EventsReport): string {
  const slowest = Math.max(10, ...cells.map(({ p50RangeMs }) => p50RangeMs[1]));
  const endMs = TICKS_MS.find((tick) => tick >= slowest) ?? slowest;
  const time = logarithmic(1, endMs, LEFT, RIGHT);
  const ways = [...new Set(cells.map(({ way }) => way))];
  let y = TOP;
  const groups = ways.map((way) => {
    y += HEADING;
    const heading = markup`<text class="panel" x="24" y="${y - 12}">${wayTitles[way]}</text>`;
    const rows = cells
      .filter((cell) => cell.way === way)
      .map((cell) => {
        const row = drawCell(cell, y, time);
        y += ROW;
        return row;
      });
    return markup`${heading}${rows}`;
  });
  const bottom = y + 6;
  const height = bottom + 40;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">The notifier and the buyer</title>
<desc id="desc">Median time of holds and payments by way and by state of the notifier</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">What a buyer feels of the notifier</text>
<text class="small" x="24" y="58">Median of all answers, logarithmic; line: medians of rounds</text>
<rect class="good" x="450" y="48" width="12" height="12" rx="3"/>
<text class="small" x="468" y="58">every buyer is accepted</text>
<rect class="bad" x="640" y="48" width="12" height="12" rx="3"/>
<text class="small" x="658" y="58">buyers are refused</text>
${TICKS_MS.filter((ms) => ms <= endMs).map((ms) => tick(ms, time, bottom))}
${groups}
</svg>
`.html;
}

function tick(ms: number, time: Scale, bottom: number): Markup {
  const at = coordinate(time(ms));
  const text = ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
  return markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP + 12}" y2="${bottom}"/>
<text class="axis" x="${at}" y="${bottom + 22}" text-anchor="middle">${text}</text>`;
}

function drawCell(cell: EventsCell, y: number, time: Scale): Markup {
  const { notifier, request, p50Ms, p50RangeMs, refused } = cell;
  const at = (ms: number): number => time(Math.max(1, ms));
  const width = coordinate(Math.max(2, at(p50Ms) - LEFT));
  const kind = refused > 0 ? "bad" : "good";
  const note = `${countText(p50Ms)} ms${refused > 0 ? `, ${countText(refused)} refused` : ""}`;
  const [from, to] = p50RangeMs.map((ms) => coordinate(at(ms)));
  const whisker = `M${from} ${y + 4}v10m0 -5H${to}m0 -5v10`;
  return markup`<text class="small" x="40" y="${y + 14}">${stateTitles[notifier]}: ${request}</text>
<rect class="${kind}" x="${LEFT}" y="${y}" width="${width}" height="18" rx="4"/>
<path class="range" d="${whisker}"/>
<text class="note" x="${coordinate(at(p50RangeMs[1]) + 10)}" y="${y + 14}">${note}</text>`;
}
