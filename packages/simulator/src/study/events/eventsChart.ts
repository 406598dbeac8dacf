import { markup, trusted } from "../../report/markup.ts";
import { coordinate, logarithmic } from "../../report/scales.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import { type EventsCell, type EventsReport, stateTitles, wayTitles } from "./eventsReport.ts";

const WIDTH = 960;
const LEFT = 400;
const RIGHT = 800;
const ROW = 26;
const TOP = 80;

const STYLE = `${INCIDENT_CHART_STYLE}
.small{font-size:12px;fill:#5d5f6f}
.good{fill:#16794a}.bad{fill:#b3261e}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}}
`;

/** Draws the median time of each way and notifier; red where buyers were refused. */
export function eventsChart({ cells }: EventsReport): string {
  const height = TOP + cells.length * ROW + 20;
  const slowest = Math.max(10, ...cells.map(({ p50Ms }) => p50Ms));
  const time = logarithmic(1, slowest, LEFT, RIGHT);
  const rows = cells.map((cell, at) => {
    const y = TOP + at * ROW;
    const width = coordinate(Math.max(2, time(Math.max(1, cell.p50Ms)) - LEFT));
    return markup`<text class="small" x="24" y="${y + 14}">${captionOf(cell)}</text>
<rect class="${cell.refused > 0 ? "bad" : "good"}" x="${LEFT}" y="${y}" width="${width}" height="18"
 rx="4"/><text class="small" x="${RIGHT + 12}" y="${y + 14}">${Math.round(cell.p50Ms)} ms,
 ${cell.refused} refused</text>`;
  });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">The notifier and the buyer</title>
<desc id="desc">Median time of holds and payments by way and by state of the notifier</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">What a buyer feels of the notifier</text>
<text class="small" x="24" y="58">Median time of an answer, logarithmic; red: refused buyers</text>
${rows}
</svg>
`.html;
}

const captionOf = ({ way, notifier, request }: EventsCell): string =>
  `${wayTitles[way]}, notifier ${stateTitles[notifier]}: ${request}`;
