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
const VIEW = `0 0 ${BAR.width} ${BAR.height}`;
const AXIS_MS = [1, 10, 100, 1000, 10_000] as const;

const HEADS = ["count", "p50", "p95", "p99", "p99.9", "max"] as const;

/** Descriptions of the steps, for readers who do not know the API. */
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

/**
 * Draws percentiles of waits and latencies on one logarithmic axis. Accepted and refused requests
 * have separate rows.
 */
export function latencyTable(result: RushResult): Markup {
  const rows = rowsOf(result).filter((row) => row.latency.count > 0);
  const slowest = Math.max(1000, ...rows.map((row) => row.latency.maxMs));
  const scale = logarithmic(0.5, slowest, 4, BAR.width - 4);
  const ticks = AXIS_MS.filter((ms) => ms <= slowest);
  return markup`<div class="scroll"><table class="latency">
    <thead><tr><th>step</th>${HEADS.map((head) => markup`<th class="number">${head}</th>`)}
      <th class="bar-head">${axisOf(scale, ticks)}</th></tr></thead>
    <tbody>${rows.map((row) => rowMarkup(row, scale, ticks))}</tbody>
  </table></div>`;
}

function rowsOf(result: RushResult): readonly Row[] {
  const { spans, phases } = result;
  const spanRows: Row[] = [
    { name: "wait", note: "intended arrival to admission", latency: spans.wait, kind: "span" },
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
  return markup`<tr class="${kind}">
    <th scope="row">${name} <small>${note}</small></th>
    <td class="number">${countText(latency.count)}</td>${cell(latency.p50Ms)}${cell(latency.p95Ms)}
    ${cell(latency.p99Ms)}${cell(latency.p999Ms)}${cell(latency.maxMs)}
    <td>${rangeBar(latency, kind, scale, ticks)}</td></tr>`;
}

/** Draws one row: the median (dot), p95 (thick line), p99 (mark) and p99.9 (thin line). */
function rangeBar(latency: Latency, kind: Row["kind"], scale: Scale, ticks: readonly number[]) {
  const x = (ms: number): string => coordinate(scale(ms));
  const middle = BAR.height / 2;
  const line = (className: string, from: number, to: number): Markup =>
    markup`<path class="${className}" d="M${x(from)} ${middle}H${x(to)}"/>`;
  return markup`<svg class="range ${kind}" viewBox="${VIEW}" aria-hidden="true">
    <g class="grid">${ticks.map((ms) => markup`<path d="M${x(ms)} 0V${BAR.height}"/>`)}</g>
    ${line("thin", latency.p50Ms, latency.p999Ms)}${line("thick", latency.p50Ms, latency.p95Ms)}
    <path class="stop" d="M${x(latency.p99Ms)} ${middle - 4}v8"/>
    <circle cx="${x(latency.p50Ms)}" cy="${middle}" r="4"/></svg>`;
}

function axisOf(scale: Scale, ticks: readonly number[]): Markup {
  const words = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);
  const tick = (ms: number): Markup =>
    markup`<text x="${coordinate(scale(ms))}" y="13" text-anchor="middle">${words(ms)}</text>`;
  return markup`<svg class="range" viewBox="${VIEW}" aria-hidden="true">
    <g class="axis">${ticks.map(tick)}</g></svg>`;
}
