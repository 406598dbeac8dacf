import { type Markup, markup, trusted } from "../report/markup.ts";
import { coordinate, linear, niceTicks, pathThrough, type Scale } from "../report/scales.ts";
import { countText } from "../report/words.ts";
import { INCIDENT_CHART_STYLE } from "./incidentChartStyle.ts";
import { type ChartMark, placeMarks } from "./incidentMarks.ts";
import type { Incident, IncidentSample } from "./incidentReport.ts";

const WIDTH = 960;
const LEFT = 72;
const RIGHT = 932;
const HEAD = 56;
const MARK_ROW = 18;
const PANEL_TITLE = 30;
const PANEL_GAP = 18;
const AXIS = 66;
const TICKS = 4;
const TIME_TICKS = 10;
const SECOND_MS = 1000;
/** A line has a gap where samples are missing for longer than this, ms. */
const GAP_MS = 3_500;

type Point = readonly [atMs: number, value: number];

interface Line {
  readonly className: string;
  readonly name: string;
  readonly points: readonly Point[];
}

/** The vertical range of a panel's lines. */
interface Plot {
  readonly top: number;
  readonly bottom: number;
}

interface Panel {
  readonly title: string;
  readonly height: number;
  readonly lines: readonly Line[];
  /** The axis reaches at least to this value. */
  readonly atLeast: number;
  readonly text: (value: number) => string;
}

/**
 * Draws one incident over time: the latency, the processor time, the buyers inside, and the moments
 * of the findings and of the steps of the runbook. The file has its own colours, for a light and
 * for a dark page.
 */
export function incidentChart(incident: Incident, cores: number): string {
  const { repaired, left } = incident;
  const all = [...repaired.samples, ...(left?.samples ?? [])];
  const endMs = Math.max(SECOND_MS, ...all.map(({ atMs }) => atMs));
  const x = linear(0, endMs, LEFT, RIGHT);
  const marks = placeMarks(repaired, x, RIGHT);
  const rows = 1 + Math.max(0, ...marks.map(({ row }) => row));
  const top = HEAD + rows * MARK_ROW;
  const panels = panelsOf(incident, cores);
  let y = top;
  const plots: Plot[] = [];
  const drawn = panels.map((panel) => {
    const part = drawPanel(panel, y, x);
    plots.push({ top: y + PANEL_TITLE, bottom: y + PANEL_TITLE + panel.height });
    y += PANEL_TITLE + panel.height + PANEL_GAP;
    return part;
  });
  const bottom = y - PANEL_GAP;
  const height = bottom + AXIS;
  const title = `${countText(incident.buyers)} buyers at the same time`;
  const picture = markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${title}</title>
<desc id="desc">Latency, processor time and active buyers before and after the runbook</desc>
<style>${trusted(INCIDENT_CHART_STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">${title}: before, during and after the runbook overload</text>
${drawWindows(incident, x, top, bottom)}
${marks.map((mark) => drawMark(mark, plots))}
${drawn}
${timeAxis(x, endMs, bottom)}
</svg>
`;
  return picture.html;
}

function panelsOf({ repaired, left }: Incident, cores: number): readonly Panel[] {
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / SECOND_MS);
  const holdsOf = ({ buyers }: IncidentSample) =>
    buyers && buyers.holds.accepted > 0 ? seconds(buyers.holds.p95Ms) : undefined;
  const pollsOf = ({ buyers }: IncidentSample) =>
    buyers && buyers.polls.accepted > 0 ? seconds(buyers.polls.p95Ms) : undefined;
  const { samples } = repaired;
  const latency: Line[] = [
    { className: "polls", name: "queue status", points: pointsOf(samples, pollsOf) },
    { className: "holds", name: "holds", points: pointsOf(samples, holdsOf) },
  ];
  const activeOf = ({ queue }: IncidentSample) => queue?.active;
  const active: Line[] = [
    { className: "holds", name: "with the runbook", points: pointsOf(samples, activeOf) },
  ];
  if (left) {
    const name = "holds without the runbook";
    latency.unshift({ className: "left", name, points: pointsOf(left.samples, holdsOf) });
    const points = pointsOf(left.samples, activeOf);
    active.unshift({ className: "left", name: "without it", points });
  }
  // The clocks of the samples differ a little, so a sample can show more cores than there are.
  const possible = (used: number | undefined) => used && Math.min(used, cores);
  const lineOf = (className: "api" | "mysql" | "buyers", name: string): Line => ({
    ...{ className, name },
    points: pointsOf(samples, ({ cpu }) => possible(cpu[className])),
  });
  const machine = pointsOf(samples, ({ machineCores }) => possible(machineCores));
  return [
    {
      ...{ title: "95 % of the answers within (s)", height: 190, atLeast: 1 },
      ...{ lines: latency, text: String },
    },
    {
      ...{ title: "Cores in use", height: 150, atLeast: cores, text: String },
      lines: [
        { className: "machine", name: "whole machine", points: machine },
        lineOf("buyers", "the simulated buyers"),
        lineOf("mysql", "MySQL"),
        lineOf("api", "API"),
      ],
    },
    { title: "Active buyers", height: 110, atLeast: 1, text: countText, lines: active },
  ];
}

function pointsOf(
  samples: readonly IncidentSample[],
  read: (sample: IncidentSample) => number | undefined,
): readonly Point[] {
  return samples.flatMap((sample) => {
    const value = read(sample);
    return value === undefined ? [] : [[sample.atMs, value] as const];
  });
}

function drawPanel(panel: Panel, top: number, x: Scale): Markup {
  const { title, height, lines, atLeast, text } = panel;
  const upper = top + PANEL_TITLE;
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const ticks = niceTicks(Math.max(atLeast, ...values), TICKS);
  const y = linear(0, ticks.at(-1) ?? 1, upper + height, upper);
  return markup`<g>
<text class="panel" x="24" y="${top + 18}">${title}</text>
${drawLegend(lines, top + 18)}
${ticks.map((tick) => drawTick(coordinate(y(tick)), text(tick)))}
${lines.map(({ className, points }) => {
  const parts = withoutGaps(points).map((part) =>
    pathThrough(part.map(([atMs, value]) => [x(atMs), y(value)])),
  );
  return markup`<path class="line ${className}" d="${parts.join("")}"/>`;
})}
</g>`;
}

function drawTick(y: string, text: string): Markup {
  return markup`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>
<text class="axis" x="${LEFT - 10}" y="${y}" dy="4" text-anchor="end">${text}</text>`;
}

/** Splits a line where samples are missing. A part of one point is drawn as a dot. */
function withoutGaps(points: readonly Point[]): readonly (readonly Point[])[] {
  const parts: Point[][] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const [atMs] = point;
    if (atMs - lastMs > GAP_MS) parts.push([point, point]);
    else parts.at(-1)?.push(point);
    lastMs = atMs;
  }
  return parts;
}

/** Width of a letter of the legend at its font size, wide enough for any common font. */
const LETTER = 7.9;

function drawLegend(lines: readonly Line[], baseline: number): Markup {
  let x = RIGHT;
  const entries = lines.map(({ className, name }) => {
    x -= name.length * LETTER;
    const textX = x;
    x -= 30;
    const mid = baseline - 4;
    const entry = markup`<path class="line ${className}" d="M${coordinate(x)} ${mid}h22"/>
<text class="legend" x="${coordinate(textX)}" y="${baseline}">${name}</text>`;
    x -= 18;
    return entry;
  });
  return markup`<g>${entries}</g>`;
}

/** Draws the stretches that are compared: a band behind the panels, with a name below them. */
function drawWindows({ repaired }: Incident, x: Scale, top: number, bottom: number): Markup {
  const both = [
    { name: "before", ...repaired.before },
    { name: "after", ...repaired.after },
  ];
  return markup`${both.map(({ name, fromMs, toMs }) => {
    const [from, to] = [coordinate(x(fromMs)), coordinate(x(toMs))];
    const width = coordinate(x(toMs) - x(fromMs));
    const middle = coordinate(x((fromMs + toMs) / 2));
    const height = bottom - top;
    return markup`<rect class="window" x="${from}" y="${top}" width="${width}" height="${height}"/>
<path class="bracket" d="M${from} ${bottom + 30}v6H${to}v-6"/>
<text class="window-name" x="${middle}" y="${bottom + 52}" text-anchor="middle">${name}</text>`;
  })}`;
}

/** Draws a label, and its line through the panels. The titles of the panels stay free. */
function drawMark({ kind, text, x, row, isLeft }: ChartMark, plots: readonly Plot[]): Markup {
  const y = HEAD + row * MARK_ROW;
  const at = coordinate(x);
  const textX = coordinate(isLeft ? x - 6 : x + 6);
  const end = plots[0]?.top ?? y;
  const lines = [{ top: y, bottom: end }, ...plots].map(
    (plot) => markup`<line x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.bottom}"/>`,
  );
  return markup`<g class="mark ${kind}">${lines}
<text x="${textX}" y="${y + 11}" text-anchor="${isLeft ? "end" : "start"}">${text}</text></g>`;
}

function timeAxis(x: Scale, endMs: number, bottom: number): Markup {
  const ticks = niceTicks(endMs / SECOND_MS, TIME_TICKS).filter((s) => s * SECOND_MS <= endMs);
  const last = ticks.length - 1;
  return markup`${ticks.map((tick, index) => {
    const unit = index === last ? " s" : "";
    return markup`<text class="axis" x="${coordinate(x(tick * SECOND_MS))}" y="${bottom + 22}"
 text-anchor="middle">${tick}${unit}</text>`;
  })}`;
}
