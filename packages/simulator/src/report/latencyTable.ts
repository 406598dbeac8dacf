import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, logarithmic, type Scale } from "./scales.ts";
import { countText, durationText } from "./words.ts";

type Latency = RushResult["spans"]["wait"];

interface Row {
  readonly name: string;
  readonly note: string;
  readonly latency: Latency;
  readonly kind: "span" | "accepted" | "refused";
}

const BAR = { width: 300, height: 18 } as const;
const AXIS_MS = [1, 10, 100, 1000, 10_000] as const;

/** What each step is, for people who do not know the API. */
const STEPS = [
  ["join", "take a place in the queue"],
  ["poll", "ask for the position"],
  ["dates", "see the dates"],
  ["seats", "see the seats for sale"],
  ["reserve", "hold seats"],
  ["charge", "charge points"],
  ["pay", "pay for the seats"],
  ["cancel", "give held seats back"],
  ["leave", "leave the queue"],
] as const;

/** Waits and latencies with their percentiles, accepted and refused apart, on one logarithmic axis. */
export function latencyTable(result: RushResult): Markup {
  const rows = rowsOf(result).filter((row) => row.latency.count > 0);
  const slowest = Math.max(1000, ...rows.map((row) => row.latency.maxMs));
  const scale = logarithmic(0.5, slowest, 4, BAR.width - 4);
  const ticks = AXIS_MS.filter((ms) => ms <= slowest);
  return markup`<div class="scroll"><table class="latency">
    <thead><tr><th>step</th><th class="number">count</th><th class="number">p50</th><th class="number">p95</th>
      <th class="number">p99</th><th class="number">p99.9</th><th class="number">max</th>
      <th class="bar-head">${axisOf(scale, ticks)}</th></tr></thead>
    <tbody>${rows.map((row) => rowMarkup(row, scale, ticks))}</tbody>
  </table></div>`;
}

function rowsOf(result: RushResult): readonly Row[] {
  const { spans, phases } = result;
  const spanRows: Row[] = [
    { name: "wait", note: "intended arrival to let in", latency: spans.wait, kind: "span" },
    { name: "purchase", note: "intended arrival to paid", latency: spans.purchase, kind: "span" },
  ];
  const stepRows = STEPS.flatMap(([phase, note]): Row[] => {
    const { accepted, refused } = phases[phase];
    return [
      { name: phase, note, latency: accepted, kind: "accepted" },
      { name: phase, note: "refused", latency: refused, kind: "refused" },
    ];
  });
  return [...spanRows, ...stepRows];
}

function rowMarkup({ name, note, latency, kind }: Row, scale: Scale, ticks: readonly number[]) {
  const cell = (ms: number): Markup => markup`<td class="number">${durationText(ms)}</td>`;
  return markup`<tr class="${kind}"><th scope="row">${name} <small>${note}</small></th>
    <td class="number">${countText(latency.count)}</td>${cell(latency.p50Ms)}${cell(latency.p95Ms)}
    ${cell(latency.p99Ms)}${cell(latency.p999Ms)}${cell(latency.maxMs)}
    <td>${rangeBar(latency, kind, scale, ticks)}</td></tr>`;
}

/** From the median (dot) over p95 (thick) and p99 to p99.9 (thin). */
function rangeBar(latency: Latency, kind: Row["kind"], scale: Scale, ticks: readonly number[]) {
  const x = (ms: number): string => coordinate(scale(ms));
  const middle = BAR.height / 2;
  return markup`<svg class="range ${kind}" viewBox="0 0 ${BAR.width} ${BAR.height}" aria-hidden="true">
    <g class="grid">${ticks.map((ms) => markup`<line x1="${x(ms)}" x2="${x(ms)}" y1="0" y2="${BAR.height}"/>`)}</g>
    <line class="thin" x1="${x(latency.p50Ms)}" x2="${x(latency.p999Ms)}" y1="${middle}" y2="${middle}"/>
    <line class="thick" x1="${x(latency.p50Ms)}" x2="${x(latency.p95Ms)}" y1="${middle}" y2="${middle}"/>
    <line class="stop" x1="${x(latency.p99Ms)}" x2="${x(latency.p99Ms)}" y1="${middle - 4}" y2="${middle + 4}"/>
    <circle cx="${x(latency.p50Ms)}" cy="${middle}" r="4"/></svg>`;
}

function axisOf(scale: Scale, ticks: readonly number[]): Markup {
  const words = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);
  return markup`<svg class="range" viewBox="0 0 ${BAR.width} ${BAR.height}" aria-hidden="true"><g class="axis">
    ${ticks.map((ms) => markup`<text x="${coordinate(scale(ms))}" y="13" text-anchor="middle">${words(ms)}</text>`)}
  </g></svg>`;
}
