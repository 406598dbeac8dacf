import { type Markup, markup, trusted } from "../../report/markup.ts";
import { coordinate, diamond, logarithmic, type Scale } from "../../report/scales.ts";
import { countText } from "../../report/words.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import { endsOf, type IndexReport, type IndexRun, type IndexVariantResult } from "./indexReport.ts";

const WIDTH = 960;
const LEFT = 240;
const READS_RIGHT = 570;
const TIMES_LEFT = 630;
const RIGHT = 924;
const TOP = 108;
const HEAD = 30;
const ROW = 24;
const READ_TICKS = [1, 100, 10_000, 1_000_000] as const;
const MS_TICKS = [0.1, 1, 10, 100, 1_000, 10_000, 100_000] as const;

const STYLE = `${INCIDENT_CHART_STYLE}
.name{font-size:14px;font-weight:600}
.small{font-size:12px;fill:#5d5f6f}
.gain{stroke:#c9c3ec;stroke-width:4}
.without{fill:#b3261e}
.product{fill:#16794a}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}.gain{stroke:#4a4470}
.without{fill:#ff8a80}.product{fill:#6fd6a0}}
`;

/**
 * Draws for each query and measurement what the index saves: reads of the storage engine and the
 * median time, each from the schema without the index to the schema of the product.
 */
export function indexChart({ runs }: IndexReport): string {
  const results = runs.flatMap(({ cases }) => cases);
  const variants = results.flatMap((result) => Object.values(endsOf(result)));
  const reads = logarithmic(1, Math.max(100, ...variants.map(readsOf)), LEFT, READS_RIGHT);
  const slowest = Math.max(10, ...variants.map(msOf));
  const endMs = MS_TICKS.find((tick) => tick >= slowest) ?? slowest;
  const times = logarithmic(0.1, endMs, TIMES_LEFT, RIGHT);
  const names = [...new Set(results.map(({ name }) => name))];
  const groups = names.map((name) => ({
    title: results.find((result) => result.name === name)?.title ?? name,
    rows: runs.flatMap((run) => {
      const result = run.cases.find((one) => one.name === name);
      return result === undefined ? [] : [{ run, ...endsOf(result) }];
    }),
  }));
  let y = TOP;
  const drawn = groups.map(({ title, rows }) => {
    const headY = y + 18;
    y += HEAD + rows.length * ROW;
    return markup`<text class="name" x="24" y="${headY}">${title}</text>
${rows.map((row, index) => dumbbells(row, headY + 20 + index * ROW, reads, times))}`;
  });
  const height = y + 44;
  const mostReads = Math.max(...variants.map(readsOf));
  const readTicks = READ_TICKS.filter((tick) => tick <= mostReads);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">What the indexes save</title>
<desc id="desc">Reads and time of each query, without its index and with it</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">Each query without its index, and as in the product</text>
<path class="without" d="${diamond(30, 56)}"/>
<text class="small" x="42" y="60">without the index</text>
<circle class="product" cx="172" cy="56" r="5"/>
<text class="small" x="184" y="60">schema of the product</text>
<text class="panel" x="${LEFT}" y="86">reads of the storage engine, logarithmic</text>
<text class="panel" x="${TIMES_LEFT}" y="86">median time, logarithmic</text>
${readTicks.map((tick) => grid(reads(tick), countText(tick), y))}
${MS_TICKS.filter((tick) => tick <= endMs).map((tick) => grid(times(tick), timeOf(tick), y))}
${drawn}
</svg>
`.html;
}

interface Row {
  readonly run: IndexRun;
  readonly without: IndexVariantResult;
  readonly product: IndexVariantResult;
}

function dumbbells({ run, without, product }: Row, y: number, reads: Scale, times: Scale): Markup {
  const caption = `${run.family}, ${countText(run.rows)} rows`;
  const after = times(msOf(product));
  return markup`<text class="small" x="40" y="${y + 4}">${caption}</text>
${dumbbell(reads(readsOf(without)), reads(readsOf(product)), y)}
${without.isStopped ? stopped(after, y) : dumbbell(times(msOf(without)), after, y)}`;
}

/** A statement that reached the time limit has no time; the product has one. */
function stopped(product: number, y: number): Markup {
  return markup`<circle class="product" cx="${coordinate(product)}" cy="${y}" r="5"/>
<text class="small" x="${RIGHT}" y="${y + 4}" text-anchor="end">without: over the limit</text>`;
}

function dumbbell(without: number, product: number, y: number): Markup {
  const [from, to] = [coordinate(product), coordinate(without)];
  return markup`<path class="gain" d="M${from} ${y}H${to}"/>
<path class="without" d="${diamond(without, y)}"/>
<circle class="product" cx="${from}" cy="${y}" r="5"/>`;
}

function grid(x: number, text: string, bottom: number): Markup {
  const at = coordinate(x);
  return markup`<line class="grid" x1="${at}" x2="${at}" y1="${TOP - 12}" y2="${bottom + 6}"/>
<text class="axis" x="${at}" y="${bottom + 26}" text-anchor="middle">${text}</text>`;
}

const readsOf = ({ handlerReads }: IndexVariantResult): number => handlerReads;
const msOf = ({ ms }: IndexVariantResult): number => ms.median;
const timeOf = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`);
