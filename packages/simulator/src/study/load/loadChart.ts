import { type Markup, markup, trusted } from "../../report/markup.ts";
import { coordinate, linear, logarithmic, type Scale } from "../../report/scales.ts";
import { countText } from "../../report/words.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import {
  type LoadReport,
  type LoadScenarioResult,
  loadParties,
  loadPartyNames,
} from "./loadReport.ts";

const WIDTH = 960;
const LEFT = 230;
const TIMES_RIGHT = 600;
const CORES_LEFT = 660;
const RIGHT = 936;
const TOP = 92;
const ROW = 44;
const BAR = 14;
const MS_MIN = 0.5;
const TICKS_MS = [1, 10, 100, 1000, 10_000] as const;

const STYLE = `${INCIDENT_CHART_STYLE}
.name{font-size:14px}
.small{font-size:12px;fill:#5d5f6f}
.range{stroke:#5b45c4;stroke-width:5;stroke-linecap:round}
.dot{fill:#5b45c4}
.limit{stroke:#b3261e;stroke-width:2}
.part{stroke:none}
.part.load{fill:#8a8fa8}.part.api{fill:#c2571a}.part.worker{fill:#e0b13c}
.part.mysql{fill:#16794a}.part.redis{fill:#b3264f}.part.kafka{fill:#2b8a9e}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}.range{stroke:#a08ff5}.dot{fill:#a08ff5}
.limit{stroke:#ff8a80}}
`;

/**
 * Draws one row for each scenario: the average and the 95th percentile on a logarithmic axis with
 * the limit, and the cores in use while most users were there.
 */
export function loadChart(report: LoadReport): string {
  const { scenarios, machine } = report;
  const slowest = Math.max(10_000, ...scenarios.map(({ accepted }) => accepted.p95Ms));
  const time = logarithmic(MS_MIN, slowest, LEFT, TIMES_RIGHT);
  const core = linear(0, machine.cores, CORES_LEFT, RIGHT);
  const bottom = TOP + scenarios.length * ROW;
  const height = bottom + 40;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">Load test of the API</title>
<desc id="desc">Average and 95th percentile of each scenario, and the cores in use</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">Accepted requests, and who used the cores</text>
<text class="panel" x="${LEFT}" y="66">average (dot) to 95th percentile, limit (red)</text>
<text class="panel" x="${CORES_LEFT}" y="66">cores in use, of ${machine.cores}</text>
${TICKS_MS.map((ms) => tick(time(ms), ms < 1000 ? `${ms} ms` : `${ms / 1000} s`, bottom))}
${Array.from({ length: machine.cores + 1 }, (_, n) => tick(core(n), String(n), bottom))}
${scenarios.map((scenario, index) => row(scenario, TOP + index * ROW, time, core))}
${partyLegend()}
</svg>
`.html;
}

function tick(x: number, text: string, bottom: number): Markup {
  const at = coordinate(x);
  return markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP - 16}" y2="${bottom}"/>
<text class="axis" x="${at}" y="${bottom + 22}" text-anchor="middle">${text}</text>`;
}

function row(scenario: LoadScenarioResult, y: number, time: Scale, core: Scale): Markup {
  const { title, users, perSecond, accepted, limits } = scenario;
  const middle = y + ROW / 2 - 8;
  const [from, to] = [coordinate(time(accepted.averageMs)), coordinate(time(accepted.p95Ms))];
  const limit = coordinate(time(limits.p95Ms));
  const caption = `${countText(users)} users, ${countText(perSecond)}/s`;
  return markup`<g>
<text class="name" x="24" y="${middle}">${title}</text>
<text class="small" x="24" y="${middle + 16}">${caption}</text>
<path class="range" d="M${from} ${middle}H${to}"/>
<circle class="dot" cx="${from}" cy="${middle}" r="5"/>
<line class="limit" x1="${limit}" x2="${limit}" y1="${middle - 9}" y2="${middle + 9}"/>
${coreBars(scenario, middle - BAR / 2, core)}
</g>`;
}

function coreBars({ cores }: LoadScenarioResult, y: number, core: Scale): readonly Markup[] {
  let before = 0;
  return loadParties.map((party) => {
    const used = cores.parties[party] ?? 0;
    const [from, to] = [core(before), core(before + used)];
    before += used;
    const width = coordinate(to - from);
    return markup`<rect class="part ${party}" x="${coordinate(from)}" y="${coordinate(y)}"
 width="${width}" height="${BAR}"/>`;
  });
}

const entryWidth = (name: string): number => 26 + name.length * 7;

/** Ends at the right edge of the chart. */
function partyLegend(): Markup {
  const width = loadParties.reduce((sum, party) => sum + entryWidth(loadPartyNames[party]), 0);
  let x = RIGHT - width;
  return markup`<g class="parties">${loadParties.map((party) => {
    const name = loadPartyNames[party];
    const at = x;
    x += entryWidth(name);
    return markup`<rect class="part ${party}" x="${at}" y="26" width="11" height="11" rx="2"/>
<text class="small" x="${at + 15}" y="36">${name}</text>`;
  })}</g>`;
}
