import { markup, trusted } from "../../report/markup.ts";
import { coordinate, logarithmic } from "../../report/scales.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import { type EventsCell, type EventsReport, stateTitles, wayTitles } from "./eventsReport.ts";

const WIDTH = 960;
const LEFT = 250;
const RIGHT = 780;
const ROW = 26;
/** The height of the heading of a way, with the space above it. */
const HEADING = 44;
const TOP = 66;

const STYLE = `${INCIDENT_CHART_STYLE}
.small{font-size:12px;fill:#5d5f6f}
.good{fill:#16794a}.bad{fill:#b3261e}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}}
`;

/** Draws the median time of each way and notifier; red where buyers were refused. */
export function eventsChart({ cells }: EventsReport): string {
  const slowest = Math.max(10, ...cells.map(({ p50Ms }) => p50Ms));
  const time = logarithmic(1, slowest, LEFT, RIGHT);
  const ways = [...new Set(cells.map(({ way }) => way))];
  let y = TOP;
  const groups = ways.map((way) => {
    y += HEADING;
    const heading = markup`<text class="panel" x="24" y="${y - 12}">${wayTitles[way]}</text>`;
    const rows = cells
      .filter((cell) => cell.way === way)
      .map((cell) => {
        const row = drawCell(cell, y, time(Math.max(1, cell.p50Ms)));
        y += ROW;
        return row;
      });
    return markup`${heading}${rows}`;
  });
  const height = y + 20;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">The notifier and the buyer</title>
<desc id="desc">Median time of holds and payments by way and by state of the notifier</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">What a buyer feels of the notifier</text>
<text class="small" x="24" y="58">Median time of an answer, logarithmic; red: refused buyers</text>
${groups}
</svg>
`.html;
}

function drawCell({ notifier, request, p50Ms, refused }: EventsCell, y: number, end: number) {
  const width = coordinate(Math.max(2, end - LEFT));
  const kind = refused > 0 ? "bad" : "good";
  const note = `${Math.round(p50Ms)} ms${refused > 0 ? `, ${refused} refused` : ""}`;
  return markup`<text class="small" x="40" y="${y + 14}">${stateTitles[notifier]}: ${request}</text>
<rect class="${kind}" x="${LEFT}" y="${y}" width="${width}" height="18" rx="4"/>
<text class="small" x="${coordinate(end + 10)}" y="${y + 14}">${note}</text>`;
}
