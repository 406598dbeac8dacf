import { type Markup, markup, trusted } from "../../report/markup.ts";
import {
  coordinate,
  diamond,
  linear,
  logarithmic,
  niceTicks,
  type Scale,
} from "../../report/scales.ts";
import { countText } from "../../report/words.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import {
  ageBoundsMs,
  type CachingReport,
  cachedReadNames,
  cachedReadTitles,
  type LoadStep,
  type StalenessFigures,
  type StampedeFigures,
  specificationCache,
} from "./cachingReport.ts";

const WIDTH = 960;
const LEFT = 300;
/** The right end of the times, beside which the rates are written. */
const RIGHT = 720;
/** The right end of the other panels. */
const WIDE = 890;
const ROW = 26;
const HEAD = 74;
const TICKS_MS = [1, 10, 100, 1_000, 10_000] as const;
const STATEMENT_TICKS = [1, 10, 100, 1_000, 10_000] as const;

const STYLE = `${INCIDENT_CHART_STYLE}
.name{font-size:14px}
.small{font-size:12px;fill:#5d5f6f}
.gain{stroke:#c9c3ec;stroke-width:4}
.off{fill:#b3261e}
.on{fill:#16794a}
.given{fill:none;stroke:#5d5f6f;stroke-width:2}
.age{fill:#5b45c4;opacity:.45}
.bound{stroke:#b3261e;stroke-width:2}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}.gain{stroke:#4a4470}
.off{fill:#ff8a80}.on{fill:#6fd6a0}.age{fill:#a08ff5}.given{stroke:#a2a4b5}.bound{stroke:#ff8a80}}
`;

/** Draws the gain of the cache, the stampedes that it stops, and the age of its answers. */
export function cachingChart(report: CachingReport): string {
  const load = cachedReadNames.flatMap((name) =>
    report.load.filter(({ read }) => read === name).toSorted((a, b) => a.users - b.users),
  );
  const stampedes = largestStampedes(report);
  const ages = report.staleness;
  const loadTop = HEAD + 46;
  const stampedeTop = loadTop + (load.length + 1) * ROW + 88;
  const agesTop = stampedeTop + stampedes.length * ROW + 88;
  const height = agesTop + ages.length * ROW + 44;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">The cache of the catalog</title>
<desc id="desc">Average times with and without it, statements in a stampede, age of answers</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">Catalog reads without the cache, and with it</text>
<path class="off" d="${diamond(30, 56)}"/><text class="small" x="42" y="60">without</text>
<circle class="on" cx="112" cy="56" r="5"/><text class="small" x="124" y="60">with the cache</text>
<circle class="given" cx="232" cy="56" r="5"/><text class="small" x="244" y="60">figures of the
 specification, on another machine</text>
${loadPanel(load, loadTop)}
${stampedePanel(stampedes, stampedeTop)}
${agePanel(ages, agesTop)}
</svg>
`.html;
}

/** Without the cache and with it, for the largest number of buyers that most reads have. */
function largestStampedes({ stampede }: CachingReport): readonly StampedeFigures[] {
  const sizeOf = (wanted: number): number =>
    stampede.filter(({ buyers }) => buyers === wanted).length;
  const most = stampede
    .map(({ buyers }) => buyers)
    .reduce((best, one) => ((sizeOf(one) - sizeOf(best) || one - best) > 0 ? one : best), 0);
  return cachedReadNames.flatMap((name) => {
    const own = stampede.filter(({ read, buyers }) => read === name && buyers === most);
    return own.toSorted((a, b) => Number(a.isCached) - Number(b.isCached));
  });
}

function loadPanel(load: readonly LoadStep[], top: number): Markup {
  const slowest = Math.max(10_000, ...load.map(({ off }) => off.ms.mean.median));
  const time = logarithmic(0.5, slowest, LEFT, RIGHT);
  const bottom = top + (load.length + 1) * ROW;
  const { users, withoutMs, withMs } = specificationCache;
  return markup`<text class="panel" x="24" y="${top - 14}">Average answer time, logarithmic</text>
<text class="panel" x="${RIGHT + 24}" y="${top - 14}">Accepted a second</text>
${TICKS_MS.map((ms) => tick(time(ms), msText(ms), top, bottom))}
${load.map((step, index) => loadRow(step, top + index * ROW + 16, time))}
${caption("Specification", users, bottom - 10)}
${dumbbell(time(withMs), time(withoutMs), bottom - 10, true)}
<text class="small" x="${RIGHT + 24}" y="${bottom - 6}">no figures</text>`;
}

function loadRow({ read, users, perSecond, off, on }: LoadStep, y: number, time: Scale): Markup {
  const [before, after] = [off, on].map((one) => countText(one.acceptedPerSecond.median));
  const rates = `without ${before}, with ${after}`;
  return markup`${caption(cachedReadTitles[read], users, y, perSecond === undefined)}
${dumbbell(time(on.ms.mean.median), time(off.ms.mean.median), y)}
<text class="small" x="${RIGHT + 24}" y="${y + 4}">${rates}</text>`;
}

function caption(name: string, users: number, y: number, isBusy = false): Markup {
  const kind = isBusy ? "without a pause" : "users";
  return markup`<text class="name" x="24" y="${y + 4}">${name}</text>
<text class="small" x="${LEFT - 14}" y="${y + 4}" text-anchor="end">${countText(users)}
 ${kind}</text>`;
}

function dumbbell(on: number, off: number, y: number, isGiven = false): Markup {
  const [from, to] = [coordinate(on), coordinate(off)];
  return markup`<path class="gain" d="M${from} ${y}H${to}"/>
<path class="${isGiven ? "given" : "off"}" d="${diamond(off, y)}"/>
<circle class="${isGiven ? "given" : "on"}" cx="${from}" cy="${y}" r="5"/>`;
}

function stampedePanel(stampedes: readonly StampedeFigures[], top: number): Markup {
  const bottom = top + stampedes.length * ROW;
  const count = logarithmic(1, 10_000, LEFT, WIDE);
  const buyers = countText(stampedes[0]?.buyers ?? 0);
  const rows = stampedes.map((one, index) => {
    const y = top + index * ROW + 8;
    const most = Math.max(...one.statements);
    const end = coordinate(count(most));
    const width = Math.max(2, count(most) - LEFT);
    const name = one.isCached ? "" : cachedReadTitles[one.read];
    return markup`<text class="name" x="24" y="${y + 10}">${name}</text>
<text class="small" x="${LEFT - 14}" y="${y + 10}" text-anchor="end">
${one.isCached ? "with the cache" : "without"}</text>
<rect class="${one.isCached ? "on" : "off"}" x="${LEFT}" y="${y}" width="${coordinate(width)}"
 height="11" rx="2"/><text class="small" x="${Number(end) + 8}" y="${y + 10}">
${countText(most)}</text>`;
  });
  return markup`<text class="panel" x="24" y="${top - 14}">Statements that reach MySQL when
 ${buyers} buyers ask at the end of every copy, logarithmic</text>
${STATEMENT_TICKS.map((at) => tick(count(at), countText(at), top, bottom))}
${rows}`;
}

function agePanel(ages: readonly StalenessFigures[], top: number): Markup {
  const bottom = top + ages.length * ROW;
  const bounds = ages.map(({ read }) => ageBoundsMs[read]);
  const ticks = niceTicks(Math.max(...bounds, ...ages.flatMap(({ agesMs }) => agesMs)), 4);
  const age = linear(0, ticks.at(-1) ?? 0, LEFT, WIDE);
  return markup`<text class="panel" x="24" y="${top - 14}">How long each write (dot) stays
 unseen, and the stated bound (line)</text>
${ticks.map((at) => tick(age(at), msText(at), top, bottom))}
${ages.map(({ read, process, agesMs }, index) => {
  const y = top + index * ROW + 14;
  const bound = coordinate(age(ageBoundsMs[read]));
  const name = process === "writer" ? cachedReadTitles[read] : "";
  const where = process === "writer" ? "process that wrote" : "other process";
  return markup`<text class="name" x="24" y="${y + 4}">${name}</text>
<text class="small" x="${LEFT - 14}" y="${y + 4}" text-anchor="end">${where}</text>
<line class="bound" x1="${bound}" x2="${bound}" y1="${y - 10}" y2="${y + 10}"/>
${agesMs.map((ms) => markup`<circle class="age" cx="${coordinate(age(ms))}" cy="${y}" r="5"/>`)}`;
})}`;
}

function tick(x: number, text: string, top: number, bottom: number): Markup {
  const at = coordinate(x);
  return markup`<line class="grid" x1="${at}" x2="${at}" y1="${top - 4}" y2="${bottom}"/>
<text class="axis" x="${at}" y="${bottom + 20}" text-anchor="middle">${text}</text>`;
}

function msText(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}
